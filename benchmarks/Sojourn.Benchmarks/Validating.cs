using System.Buffers.Text;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>From the cookie's text to the answer, over all sessions in turn, which lie in memory in random order.</summary>
public abstract class Validating : SessionBenchmark
{
    private RawTable _table = null!;
    private string[] _rawTexts = [];
    private World _world = null!;
    private string[] _texts = [];
    private int _rawPosition;
    private int _position;

    [GlobalSetup]
    public void Setup()
    {
        _table = RawTable.Create(Sessions, out _rawTexts);
        _rawTexts = [.. _rawTexts.Select(RawText)];
        _world = World.Create(Sessions);
        _texts = [.. _world.Tokens.Select(token => Text(token.Reveal()))];
    }

    /// <summary>Decode, SHA-256 in one shot, look-up.</summary>
    [Benchmark(Baseline = true)]
    public bool Raw() => _table.Find(_rawTexts[_rawPosition = (_rawPosition + 1) % Sessions]) is not null;

    [Benchmark]
    public bool Sojourn() => SessionToken.TryParse(_texts[_position = (_position + 1) % Sessions], out var token) && _world.Validate(token).IsActive;

    /// <summary>What is sent instead of a token.</summary>
    protected abstract string Text(string token);

    /// <summary>The same for the raw table, which knows no id: another secret is an unknown one.</summary>
    protected abstract string RawText(string token);

    protected static string Random(int size) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(size));
}

/// <summary>Good tokens.</summary>
public class ValidateHit : Validating
{
    protected override string Text(string token) => token;

    protected override string RawText(string token) => token;
}

/// <summary>Tokens of sessions that there never were.</summary>
public class ValidateUnknown : Validating
{
    protected override string Text(string token) => Random(48);

    protected override string RawText(string token) => Random(RawTable.SecretSize);
}

/// <summary>The id of a session, which is public, with a made-up secret.</summary>
public class ValidateWrongSecret : Validating
{
    protected override string Text(string token)
    {
        var bytes = Base64Url.DecodeFromChars(token);
        RandomNumberGenerator.Fill(bytes.AsSpan(SessionId.Size));
        return Base64Url.EncodeToString(bytes);
    }

    protected override string RawText(string token) => Random(RawTable.SecretSize);
}
