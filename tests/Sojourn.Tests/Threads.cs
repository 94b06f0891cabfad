namespace Sojourn.Tests;

/// <summary>Runs the same work on real threads that are let go at one moment.</summary>
internal static class Threads
{
    public static Task RunAsync(params Func<Task>[] works) => RunAsync(works.Length, number => works[number]());

    public static async Task RunAsync(int count, Func<int, Task> work)
    {
        using var gate = new Barrier(count);
        await Task.WhenAll(Enumerable.Range(0, count).Select(number =>
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                try
                {
                    gate.SignalAndWait();
                    work(number).GetAwaiter().GetResult();
                    done.SetResult();
                }
                catch (Exception fault)
                {
                    done.SetException(fault);
                }
            });
            thread.Start();
            return done.Task;
        }));
    }
}
