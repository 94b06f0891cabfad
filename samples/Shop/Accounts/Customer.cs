using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Shop.Accounts;

/// <summary>Somebody with an account. The session's subject is <c>Id</c>, which never changes; the name may.</summary>
internal sealed class Customer : IdentityUser
{
    /// <summary>Whether everybody knows the password.</summary>
    public bool IsDemo { get; set; }
}

/// <summary>The accounts. Sessions are not in it: they have a store of their own.</summary>
internal sealed class AccountDatabase(DbContextOptions<AccountDatabase> options) : IdentityUserContext<Customer>(options);
