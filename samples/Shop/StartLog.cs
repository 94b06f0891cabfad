namespace Shop;

/// <summary>
/// Keeps the log quiet until the shop is open: Program says in one sentence what went wrong, where the host and Kestrel
/// would each add a stack trace.
/// </summary>
internal sealed class StartLog
{
    private volatile bool _isOpen;

    public StartLog(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => _isOpen && level >= LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => _isOpen && level >= LogLevel.Warning);
    }

    public void OpenWith(WebApplication app) => app.Lifetime.ApplicationStarted.Register(() => _isOpen = true);
}
