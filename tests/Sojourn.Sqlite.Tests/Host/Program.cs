using Sojourn.Sqlite.Host;

// What the tests do to a store that needs a process of its own: kill it, trace it, starve it, run two at once.
return args switch
{
    ["load", var file, ..] => await Load.RunAsync(file),
    ["steps", var file, var count] => await Steps.RunAsync(file, int.Parse(count)),
    ["speed", var file, var seconds] => await Speed.RunAsync(file, TimeSpan.FromSeconds(int.Parse(seconds))),
    ["open", var file] => await Steps.OpenAsync(file),
    ["fill", var file, var room] => await Fill.RunAsync(file, room),
    ["layouts", var folder] => Layouts.Run(folder),
    _ => 64,
};
