namespace Sojourn.Testing;

/// <summary>Which calls are to go wrong, and how many were made. Thread-safe.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly int[] _calls = new int[Enum.GetValues<StoreOperation>().Length];
    private readonly List<Order> _orders = [];

    public int Calls(StoreOperation operation)
    {
        lock (_gate)
        {
            return _calls[(int)operation];
        }
    }

    public int Total()
    {
        lock (_gate)
        {
            return _calls.Sum();
        }
    }

    /// <summary>Forgets the calls that were counted.</summary>
    public void ResetCalls()
    {
        lock (_gate)
        {
            Array.Clear(_calls);
        }
    }

    public void Add(StoreOperation? operation, StoreFault fault, int? times)
    {
        lock (_gate)
        {
            _orders.Add(new(operation, fault, times));
        }
    }

    public void Clear(StoreOperation? operation)
    {
        lock (_gate)
        {
            _orders.RemoveAll(order => operation is null || order.Operation == operation);
        }
    }

    /// <summary>Counts a call and gives the fault that was ordered first and is not used up; null for none.</summary>
    public StoreFault? Next(StoreOperation operation)
    {
        lock (_gate)
        {
            _calls[(int)operation]++;
            var order = _orders.Find(order => order.Operation is null || order.Operation == operation);
            if (order is { Left: not null } && --order.Left == 0)
            {
                _orders.Remove(order);
            }

            return order?.Fault;
        }
    }

    private sealed class Order(StoreOperation? operation, StoreFault fault, int? times)
    {
        public StoreOperation? Operation { get; } = operation;

        public StoreFault Fault { get; } = fault;

        public int? Left { get; set; } = times;
    }
}
