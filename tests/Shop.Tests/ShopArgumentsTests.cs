namespace Shop.Tests;

public sealed class ShopArgumentsTests
{
    [Fact]
    public void What_is_not_the_shops_own_goes_to_the_framework()
    {
        var arguments = ShopArguments.Parse(["--demo", "--urls", "http://localhost:1", "--data", "/tmp/x"]);
        Assert.True(arguments.Demo);
        Assert.Equal(Path.GetFullPath("/tmp/x"), arguments.DataFolder);
        Assert.Equal(["--urls", "http://localhost:1"], arguments.Others);
        Assert.Equal(Path.GetFullPath("here"), ShopArguments.Parse(["--data=here"]).DataFolder);
    }

    [Fact]
    public void Without_arguments_its_files_are_beside_it_and_there_is_no_demo()
    {
        var arguments = ShopArguments.Parse([]);
        Assert.False(arguments.Demo);
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "data"), arguments.DataFolder);
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--data", "--demo")]
    [InlineData("--data", "")]
    [InlineData("--data=")]
    public void A_folder_without_a_name_is_refused(params string[] args) => Assert.Throws<FormatException>(() => ShopArguments.Parse(args));
}
