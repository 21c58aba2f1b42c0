# Which SIDs have the accounts that were asked for?
# A domain controller may have to be asked, which may never answer: all are asked at once, each in a thread of its own.
$AccountPattern = '\A(?:(?!\.\.\\)[^\\\x00-\x1f]{1,255}\\)?(?!\.{1,2}\z)[^\\\x00-\x1f]{1,255}\z'
$AccountSeconds = 10
# As services name them, in every language of Windows.
$ServiceAccounts = @{ 'LOCALSYSTEM' = 'S-1-5-18'; 'NT AUTHORITY\LOCALSERVICE' = 'S-1-5-19'; 'NT AUTHORITY\NETWORKSERVICE' = 'S-1-5-20' }

# By account as asked: its SID, `absent` where no such account is found, or `unknown:REASON`.
function Resolve-Account {
    param([string[]]$Names)
    $sids = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $calls = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    foreach ($name in $Names) {
        $own = [regex]::Replace($name, '\A\.\\', '')
        if ($ServiceAccounts.ContainsKey($own.ToUpperInvariant())) { $sids[$name] = $ServiceAccounts[$own.ToUpperInvariant()] }
        else {
            if ($own.Length -lt $name.Length) { $own = [System.Environment]::MachineName + '\' + $own }
            try { $calls[$name] = Request-Sid $own }
            catch { $sids[$name] = 'unknown:' + (Get-Reason $_) }
        }
    }
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    foreach ($call in $calls.GetEnumerator()) {
        $left = [Math]::Max(0, $AccountSeconds * 1000 - $watch.ElapsedMilliseconds)
        try {
            if (-not (Wait-Call $call.Value $left)) { throw ('the account was not found within ' + $AccountSeconds + ' seconds; a domain controller may not answer') }
            $sids[$call.Key] = $call.Value.GetAwaiter().GetResult().Value
        }
        catch {
            $sids[$call.Key] = 'unknown:' + (Get-Reason $_)
            if ((Get-InnerException $_) -is [System.Security.Principal.IdentityNotMappedException]) { $sids[$call.Key] = 'absent' }
        }
    }
    return $sids
}

function Request-Sid {
    param([string]$Account)
    return Request-Call ([System.Security.Principal.NTAccount]::new($Account)) 'Translate' ([System.Security.Principal.SecurityIdentifier]) ([type])
}

# Calls a method of .NET with one argument in a thread of .NET. No runspace, whose scripts a policy of the host may constrain.
function Request-Call {
    param($Object, [string]$Method, $Argument, $Type)
    $arguments = [System.Linq.Expressions.Expression[]]@([System.Linq.Expressions.Expression]::Constant($Argument, $Type))
    $call = [System.Linq.Expressions.Expression]::Call([System.Linq.Expressions.Expression]::Constant($Object), $Method, $null, $arguments)
    $body = [System.Linq.Expressions.Expression]::Convert($call, [object])
    $start = [System.Linq.Expressions.Expression]::Lambda([System.Func[object]], $body, [System.Linq.Expressions.ParameterExpression[]]@()).Compile()
    return [System.Threading.Tasks.Task[object]]::Factory.StartNew($start)
}

# Whether the call has ended, well or not. One that hangs keeps its thread, and Exit-HungProcess knows of it.
function Wait-Call {
    param($Call, [int]$Milliseconds)
    $ended = [System.Threading.Tasks.Task]::WaitAny([System.Threading.Tasks.Task[]]@($Call), $Milliseconds) -eq 0
    if (-not $ended) { $Watchdog.hung = $true }
    return $ended
}
