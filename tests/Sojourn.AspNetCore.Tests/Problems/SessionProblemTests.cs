using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests.Problems;

public sealed class SessionProblemTests
{
    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _body = new();

    public SessionProblemTests() => _context.Response.Body = _body;

    [Fact]
    public async Task Writes_problem_details_that_no_cache_keeps()
    {
        await SessionProblem.WriteAsync(_context, 401, "Signed out", Reasons.Superseded, "Try \"again\".");
        var text = Encoding.UTF8.GetString(_body.ToArray());

        Assert.Equal("""{"title":"Signed out","status":401,"detail":"Try \u0022again\u0022.","reason":"superseded"}""", text);
        Assert.Equal((401, "application/problem+json", text.Length), (_context.Response.StatusCode, _context.Response.ContentType, (int)_context.Response.ContentLength!));
        Assert.Equal("no-store", _context.Response.Headers.CacheControl);
    }

    [Fact]
    public async Task Leaves_out_what_is_not_known()
    {
        await SessionProblem.WriteAsync(_context, 503, "Unavailable", null, null);
        Assert.Equal("""{"title":"Unavailable","status":503}""", Encoding.UTF8.GetString(_body.ToArray()));
    }

    [Fact]
    public async Task A_HEAD_request_gets_the_headers_only()
    {
        _context.Request.Method = "HEAD";
        await SessionProblem.WriteAsync(_context, 401, "Signed out", null, null);
        Assert.Equal(0, _body.Length);
        Assert.Equal("""{"title":"Signed out","status":401}""".Length, _context.Response.ContentLength);
    }

    [Fact]
    public void Reasons_are_words_that_programs_can_rely_on()
    {
        Assert.Equal(["superseded", "unknown", "replayed", "malformed"],
            ((SessionOutcome[])[SessionOutcome.Superseded, SessionOutcome.Unknown, SessionOutcome.Replayed, SessionOutcome.Malformed])
                .Select(outcome => Reasons.Of(outcome, SessionEndReason.Idle)));
        Assert.Equal(
            [
                "ended", "signedOut", "signedOutEverywhere", "idle", "absolute", "signedIn", "replaced", "limitReached", "abandoned", "tokenReplay",
                "revokedByAdministrator", "revokedByPolicy", "everybody", "credentialsChanged", "subjectDisabled", "reportedByOwner", "restored",
            ],
            Enum.GetValues<SessionEndReason>().Select(reason => Reasons.Of(SessionOutcome.Ended, reason)));
        Assert.Equal("ended", Reasons.Of(SessionOutcome.Ended, (SessionEndReason)200));
        Assert.Equal("ended", Reasons.Of(SessionOutcome.Ended, (SessionEndReason)(-1)));
        Assert.Same(Reasons.Of(SessionOutcome.Ended, SessionEndReason.Idle), Reasons.Of(SessionOutcome.Ended, SessionEndReason.Idle));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reasons.Of(SessionOutcome.Active, SessionEndReason.None));
    }
}
