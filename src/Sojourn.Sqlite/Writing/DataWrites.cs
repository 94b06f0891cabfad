using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Data commits and takes.</summary>
internal static class DataWrites
{
    // The last 16 answers of a session, each for two minutes by the times that the writes themselves carry.
    private const int MaxAnswers = 16;
    private const long AnswersKeptFor = 2 * 60 * 1000;

    public static DataResult Commit(Desk desk, DataCommit commit)
    {
        var row = desk.Find(commit.Session);
        if (row is not { Record: { IsActive: true } record })
        {
            return new(row is null ? DataStatus.Missing : DataStatus.Ended);
        }

        var answers = Answers(desk, row);
        if (Find(answers, commit.Write, out var answer) && answer is DataResult before)
        {
            return before;
        }

        if (record.Token.Lineage != commit.Lineage)
        {
            return new(DataStatus.OlderLineage);
        }

        var result = Write(desk, row, commit);
        AnswerCodec.Write(desk.Bytes.Clear(), result);
        Remember(desk, row, answers, commit.Write, commit.Now, desk.Bytes.Written);
        return result;
    }

    public static DataValue? Take(Desk desk, DataTake take)
    {
        var row = desk.Find(take.Session);
        if (row is not { Record: { IsActive: true } record })
        {
            return null;
        }

        var answers = Answers(desk, row);
        if (Find(answers, take.Write, out var answer) && answer is null or DataValue)
        {
            return (DataValue?)answer;
        }

        if (record.Token.Lineage != take.Lineage)
        {
            return null;
        }

        var value = desk.Data.Find(row.Number, take.Key);
        if (value is not null)
        {
            desk.Data.Remove(row.Number, take.Key);
            row.DataBytes -= DataTable.SizeOf(value.Key, value.Bytes.Length);
        }

        AnswerCodec.Write(desk.Bytes.Clear(), value);
        Remember(desk, row, answers, take.Write, take.Now, desk.Bytes.Written);
        return value;
    }

    /// <summary>Forgets the answers of a session that are old enough, and notes when the next one is.</summary>
    public static void Forget(Desk desk, SessionRow row, long now)
    {
        var answers = Answers(desk, row);
        var left = DropOld(desk, row, answers, now, 0);
        row.ForgetAt = left < answers.Count ? answers[left].At + AnswersKeptFor : null;
        desk.Sessions.WriteData(row);
    }

    private static List<Answer> Answers(Desk desk, SessionRow row) => row.ForgetAt is null ? [] : desk.Data.Answers(row.Number);

    private static bool Find(List<Answer> answers, WriteId write, out object? answer)
    {
        foreach (var each in answers)
        {
            if (each.Write == write)
            {
                answer = AnswerCodec.Read(each.Body);
                return true;
            }
        }

        answer = null;
        return false;
    }

    private static void Remember(Desk desk, SessionRow row, List<Answer> answers, WriteId write, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var now = at.ToUnixTimeMilliseconds();
        DropOld(desk, row, answers, now, Math.Max(0, answers.Count - (MaxAnswers - 1)));
        desk.Data.Remember(row.Number, answers.Count == 0 ? 1 : answers[^1].Number + 1, write, now, body);

        // In an index, so it is not moved with every write: a purge that comes too early looks at what is left.
        row.ForgetAt ??= now + AnswersKeptFor;
        desk.Sessions.WriteData(row);
    }

    /// <summary>Drops at least so many of the oldest answers, and all that are older than two minutes.</summary>
    private static int DropOld(Desk desk, SessionRow row, List<Answer> answers, long now, int least)
    {
        var old = least;
        while (old < answers.Count && answers[old].At < now - AnswersKeptFor)
        {
            old++;
        }

        if (old > 0)
        {
            desk.Data.ForgetUpTo(row.Number, answers[old - 1].Number);
        }

        return old;
    }

    private static DataResult Write(Desk desk, SessionRow row, DataCommit commit)
    {
        var stored = new DataValue?[commit.Changes.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            var change = commit.Changes[i];
            stored[i] = desk.Data.Find(row.Number, change.Key);
            if (change.Kind == DataChangeKind.SetIf && !Matches(stored[i], change.ExpectedVersion, commit.Now))
            {
                return new(DataStatus.Conflict, 0, change.Key, stored[i]);
            }
        }

        var result = Measure(row, commit, stored, out var growth);
        if (result.Status is not DataStatus.Written && desk.Data.RemoveLapsed(row.Number, commit.Now.ToUnixTimeMilliseconds()) is > 0 and var freed)
        {
            row.DataBytes -= freed;
            for (var i = 0; i < stored.Length; i++)
            {
                stored[i] = desk.Data.Find(row.Number, commit.Changes[i].Key);
            }

            result = Measure(row, commit, stored, out growth);
        }

        if (result.Status is not DataStatus.Written)
        {
            return result;
        }

        row.DataVersion++;
        row.DataBytes += growth;
        foreach (var change in commit.Changes)
        {
            if (change.Kind == DataChangeKind.Remove)
            {
                desk.Data.Remove(row.Number, change.Key);
            }
            else
            {
                desk.Data.Put(row.Number, change.Key, change.Bytes, row.DataVersion, change.ExpiresAt, change.SurvivesSignIn);
            }
        }

        return new(DataStatus.Written, row.DataVersion);
    }

    // A lapsed value blocks nobody: whoever saw it and whoever sees none may write.
    private static bool Matches(DataValue? stored, long expected, DateTimeOffset now)
        => (stored?.Version ?? 0) == expected || (expected == 0 && stored?.ExpiresAt <= now);

    // A commit that makes the session no larger always fits: a limit that was lowered must not keep anybody from removing.
    private static DataResult Measure(SessionRow row, DataCommit commit, DataValue?[] stored, out long growth)
    {
        growth = 0;
        for (var i = 0; i < stored.Length; i++)
        {
            var change = commit.Changes[i];
            growth -= stored[i] is { } old ? DataTable.SizeOf(old.Key, old.Bytes.Length) : 0;
            if (change.Kind == DataChangeKind.Remove)
            {
                continue;
            }

            var size = DataTable.SizeOf(change.Key, change.Bytes.IsDefault ? 0 : change.Bytes.Length);
            if (size > commit.Limits.MaxValueBytes)
            {
                return new(DataStatus.TooLarge, 0, change.Key);
            }

            growth += size;
        }

        return growth > 0 && row.DataBytes + growth > commit.Limits.MaxTotalBytes ? new(DataStatus.TooLarge) : new(DataStatus.Written);
    }
}
