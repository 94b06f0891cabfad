using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shop.Https;

/// <summary>
/// A certificate for this machine, so that https works at the first start: the one of <c>dotnet dev-certs</c> if there is
/// one (browsers may trust it already), else one of our own, kept beside the data and renewed before it expires.
/// </summary>
/// <param name="folder">Where it is kept.</param>
/// <param name="time">What tells when to renew it.</param>
/// <param name="usesDevelopment">Whether the one of <c>dotnet dev-certs</c> will do; tests of our own say no.</param>
internal sealed class LocalCertificate(string folder, TimeProvider time, bool usesDevelopment = true) : IDisposable
{
    private const string DevelopmentCertificate = "1.3.6.1.4.1.311.84.1.1"; // the extension by which ASP.NET Core marks its own
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365); // browsers refuse more than 398 days
    private static readonly TimeSpan RenewAhead = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private X509Certificate2? _current;

    public string File { get; } = Path.Combine(folder, "localhost.pfx");

    /// <summary>Whether browsers will warn of it, since nobody but the shop itself vouches for it.</summary>
    public bool IsOwn => !IsDevelopment(Current);

    /// <summary>The certificate to show now. Asked for at each handshake, so that a shop that runs for long renews it too.</summary>
    public X509Certificate2 Current
    {
        get
        {
            lock (_lock)
            {
                return _current = _current is not null && IsGood(_current) ? _current : FindDevelopment() ?? Load() ?? Renew();
            }
        }
    }

    public void Dispose() => _current?.Dispose();

    private static bool IsDevelopment(X509Certificate2 certificate) => certificate.Extensions.Any(extension => extension.Oid?.Value == DevelopmentCertificate);

    private bool IsGood(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        return certificate.HasPrivateKey && certificate.NotBefore <= now && certificate.NotAfter - (IsDevelopment(certificate) ? TimeSpan.Zero : RenewAhead) > now;
    }

    private X509Certificate2? FindDevelopment()
    {
        if (!usesDevelopment)
        {
            return null;
        }

        try
        {
            using var mine = new X509Store(StoreName.My, StoreLocation.CurrentUser);
            mine.Open(OpenFlags.ReadOnly);
            return mine.Certificates.Where(each => IsDevelopment(each) && IsGood(each)).MaxBy(each => each.NotAfter);
        }
        catch (CryptographicException)
        {
            return null; // this user has no store, or one that cannot be read
        }
    }

    private X509Certificate2? Load()
    {
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        try
        {
            var kept = X509CertificateLoader.LoadPkcs12FromFile(File, password: null);
            return IsGood(kept) ? kept : null;
        }
        catch (CryptographicException)
        {
            return null; // damaged: make another
        }
    }

    /// <summary>A folder that cannot be written must not take away a certificate that is good for weeks.</summary>
    private X509Certificate2 Renew()
    {
        try
        {
            return Make();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException && _current?.NotAfter > time.GetUtcNow())
        {
            return _current;
        }
    }

    private X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Wayside sample shop", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // servers only
        var now = time.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        Keep(made.Export(X509ContentType.Pkcs12));

        // Read back from PKCS#12: a key that was made in memory cannot serve TLS on every platform.
        return X509CertificateLoader.LoadPkcs12FromFile(File, password: null);
    }

    /// <summary>The file holds the key: only its owner may read it, and it is never there half.</summary>
    private void Keep(byte[] pkcs12)
    {
        var half = $"{File}.{Environment.ProcessId}";
        System.IO.File.Delete(half); // what a crash left may have any mode
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(half, options))
        {
            stream.Write(pkcs12);
        }

        System.IO.File.Move(half, File, overwrite: true);
    }
}
