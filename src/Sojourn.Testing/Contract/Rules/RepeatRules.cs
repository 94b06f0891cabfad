namespace Sojourn.Testing.Rules;

/// <summary>A call that is repeated after a result in doubt gives the same answer, and its events are written once.</summary>
internal static class RepeatRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        .. Writes.All.Select(each => new ContractRule("repeats", $"{each.Name} that is repeated gives the same answer, happens once and writes its events once", async t =>
        {
            var write = await each.PrepareAsync(t);
            Expect.True(!await write.HappenedAsync(), "nothing before the call", "its effect");
            var answer = await write.CallAsync(t.Cancel);
            Expect.True(await write.HappenedAsync(), "its effect after the call", "nothing");
            for (var i = 0; i < 3; i++)
            {
                Expect.Equal(answer, await write.CallAsync(t.Cancel), "the answer to the repeat");
            }

            Expect.True(await write.HappenedAsync(), "its effect after the repeats", "nothing");
            foreach (var told in write.Events.Events)
            {
                Expect.Equal(1, await t.TimesLoggedAsync(told), $"times that event {told.Kind} is in the log");
            }
        })),

        .. Writes.All.Select(each => new ContractRule("repeats", $"{each.Name} that runs twice at the same time happens once and writes its events once", async t =>
        {
            await Race.MeetAsync(t, Math.Min(t.Fixture.Rounds, 100),
                async i =>
                {
                    var trial = t.Sibling(i);
                    return (Trial: trial, Write: await each.PrepareAsync(trial), Answers: new string[2]);
                },
                async round =>
                {
                    Expect.Equal(round.Answers[0], round.Answers[1], "one answer to one call");
                    Expect.True(await round.Write.HappenedAsync(), "its effect", "nothing");
                    foreach (var told in round.Write.Events.Events)
                    {
                        Expect.Equal(1, await round.Trial.TimesLoggedAsync(told), $"times that event {told.Kind} is in the log");
                    }

                    return -1;
                },
                async round => round.Answers[0] = await round.Write.CallAsync(t.Cancel),
                async round => round.Answers[1] = await round.Write.CallAsync(t.Cancel));
        })),
    ];
}
