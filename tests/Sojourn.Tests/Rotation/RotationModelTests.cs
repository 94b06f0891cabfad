namespace Sojourn.Tests.Rotation;

/// <summary>
/// Walks the real engine at random: browsers that store or lose what they are given, parallel tabs, thieves with copies,
/// step-ups, sign-outs, revocations, claim changes, time. What must hold is said by <see cref="RotationOracle"/>, which
/// knows nothing of the table: only what was issued when, and what was done to the session.
/// </summary>
public sealed class RotationModelTests
{
    private const int Steps = 4000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(0)] // another walk each time
    [Requirement("ASVS-7.2.4")]
    [Requirement("ASVS-10.4.5")]
    public async Task Whatever_happens_the_rules_hold(int seed)
    {
        seed = seed == 0 ? Environment.TickCount : seed;
        var walk = new RotationWalk(seed);
        for (var step = 0; step < Steps; step++)
        {
            try
            {
                await walk.StepAsync();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Seed {seed}, step {step}. The last steps:\n{walk.Story}", fault);
            }
        }

        Assert.True(walk.IsRich, $"Seed {seed} met too little: {walk.Summary}");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(0)]
    public async Task An_honest_browser_that_keeps_the_newest_token_is_never_signed_out(int seed)
    {
        seed = seed == 0 ? Environment.TickCount : seed;
        var random = new Random(seed);
        var node = EngineHarness.Create(options => options.DefaultPolicy.SignedIn.Absolute = TimeSpan.FromDays(400));
        var jar = await node.ConfirmedAsync();
        var lost = 0;
        for (var step = 0; step < Steps; step++)
        {
            node.Pass(TimeSpan.FromSeconds(random.Next(10) == 0 ? random.Next(3500) : random.Next(90)));
            var tabs = random.Next(1, 5);
            var sent = jar;
            for (var tab = 0; tab < tabs; tab++) // all were sent before the first answer came
            {
                var validation = await node.PresentAsync(sent);
                Assert.True(validation.IsActive, $"Seed {seed}, step {step}: {validation}");
                if (await node.Engine.Rotator.DeliverAsync(validation, isEligible: random.Next(4) != 0) is { } successor)
                {
                    // One in three answers is lost, and at most five in a row: after the sixth the token goes on alone.
                    lost = random.Next(3) == 0 && lost < 5 ? lost + 1 : 0;
                    jar = lost == 0 ? successor : jar;
                }
            }
        }

        Assert.DoesNotContain(SessionFindings.ReplayedToken, await node.FindingsAsync(jar.Id));
        Assert.True((await node.RecordAsync(jar)).Token.Epoch > 100, $"Seed {seed}: it hardly rotated");
    }
}
