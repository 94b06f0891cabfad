namespace Sojourn.Engine;

/// <summary>Faults of a request's session: its host is told of each, so that no exception page can turn it into a 500.</summary>
internal static class RequestFaults
{
    public static async ValueTask<T> TellAsync<T>(this IRequestHost? host, ValueTask<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception fault) when (IsOurs(fault))
        {
            host?.Faulted(fault);
            throw;
        }
    }

    public static async ValueTask TellAsync(this IRequestHost? host, ValueTask call)
    {
        try
        {
            await call;
        }
        catch (Exception fault) when (IsOurs(fault))
        {
            host?.Faulted(fault);
            throw;
        }
    }

    /// <summary>Tells the host, and gives the fault to throw.</summary>
    public static Exception Told(this IRequestHost? host, Exception fault)
    {
        host?.Faulted(fault);
        return fault;
    }

    public static bool IsOurs(Exception fault) => fault is SessionStoreException or SessionRefusedException;
}
