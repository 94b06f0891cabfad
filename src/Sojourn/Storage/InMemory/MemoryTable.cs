namespace Sojourn.Storage;

/// <summary>Something that lies in a <see cref="MemoryTable{TKey, TNode}"/> and carries the link to its neighbour itself.</summary>
internal interface IMemoryNode<TKey, TNode>
{
    TKey Key { get; }

    TNode? NextInTable { get; set; }
}

/// <summary>
/// A hash table whose entries are the nodes themselves: 8 to 10 bytes a node, where a dictionary takes 36 to 70.
/// </summary>
/// <remarks>Keys are random ids, or strings, whose hash is seeded per process: nobody can aim at one bucket.</remarks>
internal sealed class MemoryTable<TKey, TNode>
    where TKey : notnull, IEquatable<TKey>
    where TNode : class, IMemoryNode<TKey, TNode>
{
    private TNode?[] _buckets = new TNode?[4];

    public int Count { get; private set; }

    public TNode? Find(TKey key)
    {
        var node = Bucket(key);
        while (node is not null && !node.Key.Equals(key))
        {
            node = node.NextInTable;
        }

        return node;
    }

    /// <summary>Adds a node whose key is not in the table.</summary>
    public void Add(TNode node)
    {
        if (Count == _buckets.Length)
        {
            Grow();
        }

        Link(node);
        Count++;
    }

    /// <summary>Removes a node that is in the table.</summary>
    public void Remove(TNode node)
    {
        ref var first = ref Bucket(node.Key);
        if (ReferenceEquals(first, node))
        {
            first = node.NextInTable;
        }
        else
        {
            var before = first!;
            while (!ReferenceEquals(before.NextInTable, node))
            {
                before = before.NextInTable!;
            }

            before.NextInTable = node.NextInTable;
        }

        node.NextInTable = null;
        Count--;
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = new TNode?[old.Length + old.Length / 4];
        foreach (var first in old)
        {
            for (var node = first; node is not null;)
            {
                var next = node.NextInTable;
                Link(node);
                node = next;
            }
        }
    }

    private void Link(TNode node)
    {
        ref var first = ref Bucket(node.Key);
        node.NextInTable = first;
        first = node;
    }

    // Multiplying spreads a 32-bit hash over any number of buckets, so the table may grow by a quarter instead of doubling.
    private ref TNode? Bucket(TKey key) => ref _buckets[(int)(((ulong)(uint)key.GetHashCode() * (ulong)_buckets.Length) >> 32)];
}
