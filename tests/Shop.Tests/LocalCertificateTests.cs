using System.Security.Cryptography.X509Certificates;
using Shop.Https;
using Sojourn.Testing;

namespace Shop.Tests;

public sealed class LocalCertificateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shop-certificate-");
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_is_for_this_machine_and_only_its_owner_can_read_the_key()
    {
        using var made = Open();
        var certificate = made.Current;
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("1.2.840.10045.3.1.7", certificate.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value); // P-256
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.InRange(certificate.NotAfter - certificate.NotBefore, TimeSpan.FromDays(300), TimeSpan.FromDays(398));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made.File));
        }

        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void It_is_kept_between_starts()
    {
        using var first = Open();
        using var second = Open();
        Assert.Equal(first.Current.Thumbprint, second.Current.Thumbprint);
    }

    [Fact]
    public void It_is_renewed_a_month_before_it_expires_also_while_the_shop_runs()
    {
        using var certificate = Open();
        var first = certificate.Current.Thumbprint;
        _time.Advance(TimeSpan.FromDays(330));
        Assert.Equal(first, certificate.Current.Thumbprint);
        _time.Advance(TimeSpan.FromDays(6));
        var renewed = certificate.Current;
        Assert.NotEqual(first, renewed.Thumbprint);
        Assert.Equal(renewed.Thumbprint, Open().Current.Thumbprint);
        Assert.True(renewed.NotAfter > _time.GetUtcNow().AddDays(300));
    }

    [Fact]
    public void A_damaged_file_is_replaced()
    {
        using var certificate = Open();
        File.WriteAllBytes(certificate.File, [1, 2, 3]);
        Assert.True(certificate.Current.HasPrivateKey);
        Assert.Equal(certificate.Current.Thumbprint, Open().Current.Thumbprint);
    }

    [Fact]
    public void A_folder_that_is_gone_leaves_the_certificate_while_it_is_good()
    {
        using var certificate = Open();
        var first = certificate.Current.Thumbprint;
        _folder.Delete(recursive: true);
        _time.Advance(TimeSpan.FromDays(340));
        Assert.Equal(first, certificate.Current.Thumbprint);
        _folder.Create();
        Assert.NotEqual(first, certificate.Current.Thumbprint);
    }

    private LocalCertificate Open() => new(_folder.FullName, _time, usesDevelopment: false);
}
