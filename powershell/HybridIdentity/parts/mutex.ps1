# Who may write now? One process at a time, and the others are told which one it is.

function Write-Holder {
    param([string]$Who)
    Write-RegistryValue $RecordKey 'Holder' ('string:' + $Who + ', process ' + $PID + ', since ' + (Format-Time ([datetime]::UtcNow)))
}

function Enter-HostMutex {
    try { $mutex = [System.Threading.Mutex]::new($false, 'Global\HybridIdentity') }
    catch {
        throw (Get-Failure 'mutex' ('Global\HybridIdentity could not be opened, so another account made it: ' + (Get-Reason $_) +
                '. End the process of that account, or wait for it.'))
    }
    $free = $false
    try { $free = $mutex.WaitOne(60000) }
    catch [System.Threading.AbandonedMutexException] {
        # Its holder was killed. The records are safe against that, and the mutex is ours now.
        $free = $true
    }
    if ($free) { return $mutex }
    $mutex.Dispose()
    $holder = (Read-RegistryValue $RecordKey @('Holder'))['Holder']
    throw (Get-Failure 'mutex' ('Global\HybridIdentity was not free within 60 seconds. Its holder: ' + (Limit-Text ([regex]::Replace($holder, '\Astring:', ''))) + '.'))
}

# Also takes away the name of the holder, where this run has come to write it.
function Exit-HostMutex {
    param($Mutex)
    try {
        $holder = (Read-RegistryValue $RecordKey @('Holder'))['Holder']
        if (-not (Test-SameText $holder 'absent')) { Write-RegistryValue $RecordKey 'Holder' 'absent' }
    }
    catch { Write-Verbose ('The name of the holder stays: ' + $_.Exception.Message) }
    finally {
        $Mutex.ReleaseMutex()
        $Mutex.Dispose()
    }
}
