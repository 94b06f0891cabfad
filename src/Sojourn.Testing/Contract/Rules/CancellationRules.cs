namespace Sojourn.Testing.Rules;

/// <summary>A cancelled call leaves the whole change or nothing, and can be repeated.</summary>
internal static class CancellationRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        .. Writes.All.Select(each => new ContractRule("cancellation", $"{each.Name} that is cancelled leaves the whole of it or nothing, and can be repeated", async t =>
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await TryAsync(t, await each.PrepareAsync(t), cancelled);
            for (var i = 0; i < 50; i++)
            {
                using var source = CancellationTokenSource.CreateLinkedTokenSource(t.Cancel);
                var trial = t.Sibling(i);
                var write = await each.PrepareAsync(trial);
                var cancel = Task.Run(() =>
                {
                    Thread.SpinWait(i * 10);
                    source.Cancel();
                }, t.Cancel);
                await TryAsync(trial, write, source);
                await cancel;
            }
        })),

        new("cancellation", "A read that is cancelled throws, or answers as if it were not", async t =>
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            var record = await t.StartedAsync();
            try
            {
                var found = await t.Store.FindAsync(record.Id, new(AllData: true), cancelled.Token);
                Expect.Equal(record.Id, found?.Record.Id, "the id that was found");
            }
            catch (OperationCanceledException)
            {
                // As it should be; a store that has the answer at hand may also give it.
            }

            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        }),
    ];

    private static async Task TryAsync(Trial t, Write write, CancellationTokenSource source)
    {
        string? answer = null;
        try
        {
            answer = await write.CallAsync(source.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or SessionStoreException { InDoubt: true })
        {
            // Whether it happened is what comes next.
        }

        // The log first: what is on its way may still arrive, but then its change is there no later than its events.
        foreach (var told in write.Events.Events)
        {
            if (await t.TimesLoggedAsync(told) > 0)
            {
                Expect.True(await write.HappenedAsync(), "the change, when its event is in the log", "no change");
            }
        }

        Expect.True(await write.HappenedAsync() || answer is null, "the change, when the call answered", $"the answer '{answer}' and no change");
        var repeated = await write.CallAsync(t.Cancel);
        Expect.Equal(answer ?? repeated, repeated, "the answer to the repeat");
        Expect.True(await write.HappenedAsync(), "the change after the repeat", "nothing");
        foreach (var told in write.Events.Events)
        {
            Expect.Equal(1, await t.TimesLoggedAsync(told), $"times that event {told.Kind} is in the log");
        }
    }
}
