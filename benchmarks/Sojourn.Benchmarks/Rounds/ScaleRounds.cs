namespace Sojourn.Benchmarks;

/// <summary>What the same operations cost at a million sessions, beside ten thousand of them.</summary>
internal static class ScaleRounds
{
    private const int Few = 10_000;
    private const int Many = 1_000_000;
    private const int Validations = 10_000;
    private const int Starts = 500;
    private const int Subjects = 500;

    public static void Run(int rounds, Figures figures)
    {
        Console.WriteLine("filling a million sessions");
        Side few = new(World.Create(Few)), many = new(World.Create(Many));
        for (var round = 0; round <= rounds; round++)
        {
            (string Name, (double Many, double Few) Cost)[] measured =
            [
                ("validate-million", Turns.Time(Validations, many.Validate, few.Validate)),
                ("start-million", Turns.Time(Starts, many.Start, few.Start, () => { many.Forget(); few.Forget(); })),
                ("list-million", Turns.Time(Subjects, many.List, few.List)),
                ("revoke-million", Turns.Time(Subjects, many.Revoke, few.Revoke, () => { many.Restore(); few.Restore(); })),
            ];
            foreach (var (name, cost) in round > 0 ? measured : []) // the first one warms up
            {
                figures.Add(name, cost.Many, cost.Few);
            }
        }
    }

    /// <summary>One of the two, with the same number of operations; sessions and subjects are taken from all over it.</summary>
    private sealed class Side
    {
        private readonly World _world;
        private readonly SessionStart[] _starts = StartRequest.Many(Starts);
        private readonly SessionToken[] _tokens;
        private readonly string[] _subjects;

        public Side(World world)
        {
            _world = world;
            var subjects = Spread(world.Subjects, Subjects);

            // Whose sessions are revoked and started anew get other tokens: those are not among the ones to validate.
            _tokens = [.. Spread(world.Tokens.Length, Validations + Subjects * World.SessionsPerSubject)
                .Where(i => !subjects.Contains(i % world.Subjects)).Take(Validations).Select(i => world.Tokens[i])];
            _subjects = [.. subjects.Select(World.Subject)];
        }

        public void Validate()
        {
            for (var i = 0; i < Validations; i++)
            {
                _world.Validate(_tokens[i % _tokens.Length]);
            }
        }

        public void Start()
        {
            foreach (var start in _starts)
            {
                _world.Start(start);
            }
        }

        public void Forget() => _world.Revoke(_starts);

        public void List()
        {
            foreach (var subject in _subjects)
            {
                _world.List(subject);
            }
        }

        public void Revoke()
        {
            foreach (var subject in _subjects)
            {
                _world.Revoke(subject);
            }
        }

        public void Restore()
        {
            foreach (var subject in _subjects)
            {
                for (var i = 0; i < World.SessionsPerSubject; i++)
                {
                    _world.Start(subject);
                }
            }
        }

        private static HashSet<int> Spread(int all, int wanted)
            => [.. Enumerable.Range(0, Math.Min(all, wanted)).Select(i => (int)((long)i * all / Math.Min(all, wanted)))];
    }
}
