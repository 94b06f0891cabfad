using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>Adds the SQLite store.</summary>
public static class SqliteSojournBuilderExtensions
{
    /// <summary>
    /// Keeps sessions in a SQLite file: durable, for one machine. The file is created when it is missing, its folder must
    /// exist. The settings are checked here, the file is opened when the application starts. The store itself is a service
    /// too: <see cref="SqliteSessionStore.BackupAsync"/>.
    /// </summary>
    /// <param name="builder">What <c>AddSojourn()</c> returned.</param>
    /// <param name="path">The file; relative paths start at the current directory.</param>
    /// <param name="configure">Sets the rest; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it and the cure.</exception>
    public static SojournBuilder UseSqlite(this SojournBuilder builder, string path, Action<SqliteStoreOptions>? configure = null)
        => builder.UseSqlite(options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });

    /// <summary>The same with the path among the settings.</summary>
    /// <inheritdoc cref="UseSqlite(SojournBuilder, string, Action{SqliteStoreOptions}?)"/>
    public static SojournBuilder UseSqlite(this SojournBuilder builder, Action<SqliteStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SqliteStoreOptions();
        configure(options);
        var settings = SqliteStoreOptions.Checked(options);
        builder.Services.Replace(ServiceDescriptor.Singleton(provider => new SqliteSessionStore(settings, provider.GetService<ILogger<SqliteSessionStore>>())));
        return builder.UseStore(provider => provider.GetRequiredService<SqliteSessionStore>());
    }
}
