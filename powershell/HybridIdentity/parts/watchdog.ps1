# What ends this process where it hangs? Nobody at the other end of the connection can.
# A timer of .NET does: it needs no thread of PowerShell, which may sit in a call that never returns.
$Watchdog = @{ timers = @(); hung = $false }
$DefaultLimit = 600

# Ends the process so many seconds from now. Called again, only the new limit holds.
function Limit-Process {
    param([int]$Seconds)
    # Somebody sits in front of this session: it is theirs to end.
    if (-not [System.Console]::IsInputRedirected) { return }
    foreach ($timer in $Watchdog.timers) { $timer.CancelAfter(-1) }
    $words = [System.Threading.CancellationTokenSource]::new()
    $end = [System.Threading.CancellationTokenSource]::new()
    $write = [System.Delegate]::CreateDelegate([System.Action[object]], [System.Console]::Error, 'WriteLine')
    $kill = [System.Delegate]::CreateDelegate([System.Action], [System.Diagnostics.Process]::GetCurrentProcess(), 'Kill')
    [void]$words.Token.Register($write, ('HybridIdentity: limit: this was not done within ' + $Seconds + ' seconds, so its process ends itself. What it has written so far is on record. Look for what hangs on this host, then run again.'))
    [void]$end.Token.Register($kill)
    # Two timers: the words may hang as well, where nobody reads them.
    $words.CancelAfter($Seconds * 1000)
    $end.CancelAfter($Seconds * 1000 + 1000)
    $Watchdog.timers = @($words, $end)
}

# Where a thread was left behind, `exit` would wait for it for ever.
function Exit-HungProcess {
    param([int]$Code)
    if ($Watchdog.hung -and [System.Console]::IsInputRedirected) { [System.Environment]::Exit($Code) }
}
