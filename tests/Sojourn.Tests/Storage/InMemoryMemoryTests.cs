using System.Diagnostics;
using Sojourn.Storage;

namespace Sojourn.Tests.Storage;

/// <summary>What the store takes. Alone in its collection, which runs beside no other: the heap belongs to the whole process.</summary>
[CollectionDefinition(nameof(InMemoryMemoryTests), DisableParallelization = true)]
[Collection(nameof(InMemoryMemoryTests))]
public sealed class InMemoryMemoryTests(ITestOutputHelper output)
{
    private const int Sessions = 1_000_000;
    private const int Budget = 700;

    [Fact]
    public async Task A_million_sessions_of_a_million_subjects_take_at_most_700_bytes_each()
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = await InMemorySamples.OpenAsync();
        await FillAsync(store);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Sessions;
        output.WriteLine($"{each:f1} bytes per session at {Sessions:n0} sessions, {watch.Elapsed.TotalSeconds:f1} s.");
        GC.KeepAlive(store);
        Assert.InRange(each, 1, Budget);
    }

    [Fact]
    public async Task Finding_a_record_allocates_nothing()
    {
        var store = await InMemorySamples.OpenAsync();
        var record = await store.StartAsync(InMemorySamples.TypicalRecord(1), new DataValue("cart", [1, 2, 3], 0));
        Assert.Equal(0, await AllocatedAsync(() => store.FindAsync(record.Id, default)));
    }

    [Fact]
    public async Task Publishing_allocates_nothing()
    {
        var store = await InMemorySamples.OpenAsync();
        var heard = 0;
        using var subscription = store.Feed.Subscribe(_ => heard++);
        Assert.Equal(0, await AllocatedAsync(() => store.ProbeAsync(1)));
        Assert.Equal(11_000, heard);
    }

    private static async Task FillAsync(InMemorySessionStore store)
    {
        for (var number = 0; number < Sessions; number++)
        {
            var result = await store.StartAsync(InMemorySamples.Creation(InMemorySamples.TypicalRecord(number)));
            if (result.Status is not StartStatus.Started)
            {
                Assert.Fail($"Session {number} is answered {result.Status}.");
            }
        }
    }

    // The calls complete synchronously, so the loop stays on one thread.
    private static async Task<long> AllocatedAsync<T>(Func<ValueTask<T>> call)
    {
        var before = 0L;
        for (var i = 0; i < 11_000; i++)
        {
            before = i == 1_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
            await call();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
