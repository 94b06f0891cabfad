using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Sojourn.Storage;

namespace Sojourn.Benchmarks;

/// <summary>A token from its text, beside decoding the same text.</summary>
public class TokenParse
{
    private string _text = "";

    [GlobalSetup]
    public void Setup() => _text = World.Create(World.SessionsPerSubject).Tokens[0].Reveal();

    [Benchmark(Baseline = true)]
    public bool Raw()
    {
        Span<byte> bytes = stackalloc byte[48];
        return Base64Url.DecodeFromChars(_text, bytes, out _, out _) == OperationStatus.Done;
    }

    [Benchmark]
    public bool Sojourn() => SessionToken.TryParse(_text, out _);
}

/// <summary>A token's hash, beside SHA-256 of 32 bytes.</summary>
public class TokenHashing
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private SessionToken _token;

    [GlobalSetup]
    public void Setup() => _token = World.Create(World.SessionsPerSubject).Tokens[0];

    [Benchmark(Baseline = true)]
    public int Raw()
    {
        Span<byte> hash = stackalloc byte[32];
        return SHA256.HashData(_secret, hash);
    }

    [Benchmark]
    public int Sojourn() => TokenHash.Of(_token).GetHashCode();
}
