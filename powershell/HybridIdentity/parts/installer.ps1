# How does Windows Installer run without a command line that others could read, and what becomes of its log?
# By its COM object, in this process: properties reach the installer's service by RPC. Tests put other functions in the place of
# Test-InstallerBusy, Invoke-Installer and Get-SetupFolder.

# Named by exit code: what to do about it.
$SetupAdvice = @{
    '1603' = 'Setup failed and has rolled back. In the log, the lines before the first "Return value 3" say why.'
    '1618' = 'Another installation has begun meanwhile. Wait until it is done, and run again.'
    '1619' = 'The package that Windows Installer keeps of the product could not be opened. Repair the product from its media once, so that Windows Installer has it again.'
    '1625' = 'A policy of this host forbids it. Let the policy "Turn off Windows Installer", or the software restriction, allow it to administrators.'
    '1638' = 'Another version of the product is installed than the package that Windows Installer keeps. Repair the product from the media of the build that is installed.'
}

# A failure in the words of this table, with what else is known.
function Get-ExitFailure {
    param($Answer)
    $advice = 'See the list of error codes of MsiExec.exe, and the log.'
    if ($SetupAdvice.ContainsKey("$($Answer.exitCode)")) { $advice = $SetupAdvice["$($Answer.exitCode)"] }
    $message = 'Setup ended with ' + $Answer.exitCode + '. ' + $advice
    if ($Answer.log.Length -gt 0) { $message += ' Its log, without secrets: ' + $Answer.log + '.' } else { $message += ' It wrote no log.' }
    if ($Setup.tls) {
        $message += ' TLS 1.1 was turned on for it without a reboot. Where the log says that it failed for TLS, turn TLS 1.1 on, reboot, run setup, and harden after.'
    }
    if ($Answer.config -cmatch '\Achanged') { $message += ' It has changed the configuration file of the service: ' + $Answer.config + '.' }
    return Get-Failure 'setup' $message
}

# Whether another installation is in progress. Only while one is, this mutex is there and held.
function Test-InstallerBusy {
    $mutex = $null
    try {
        $mutex = [System.Threading.Mutex]::OpenExisting('Global\_MSIExecute')
        if (-not $mutex.WaitOne(0)) { return $true }
        $mutex.ReleaseMutex()
        return $false
    }
    catch [System.Threading.WaitHandleCannotBeOpenedException] { return $false }
    catch [System.Threading.AbandonedMutexException] {
        $mutex.ReleaseMutex()
        return $false
    }
    catch [System.UnauthorizedAccessException] { return $true }
    finally {
        if ($null -ne $mutex) { $mutex.Dispose() }
    }
}

# Waits for the end of another installation. Gives the seconds that it took.
function Wait-Installer {
    param([long]$Seconds)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while (Test-InstallerBusy) {
        if ($watch.ElapsedMilliseconds -ge $Seconds * 1000) {
            throw (Get-SetupFailure ('Another installation is in progress on this host, and was not done within ' + $Seconds + ' seconds. Wait until it is done, or give more time, and run again.'))
        }
        [System.Threading.Thread]::Sleep(1000)
    }
    return [int](($watch.ElapsedMilliseconds - $watch.ElapsedMilliseconds % 1000) / 1000)
}

# Gives setup the properties and waits for its end. Gives how it ended, as far as an exception tells: the object's own one ("Msi API Error") has no code,
# so that counts as 1603 where no log says more.
function Invoke-Installer {
    param([string[]]$Properties, [string]$Log)
    try {
        $installer = New-Object -ComObject 'WindowsInstaller.Installer'
        $type = $installer.GetType()
        # No window, which nobody would see.
        [void]$type.InvokeMember('UILevel', 'SetProperty', $null, $installer, [object[]]@(2))
        [void]$type.InvokeMember('EnableLog', 'InvokeMethod', $null, $installer, [object[]]@('voicewarmup', $Log))
        $package = $type.InvokeMember('ProductInfo', 'GetProperty', $null, $installer, [object[]]@($Setup.code, 'LocalPackage'))
        [void]$type.InvokeMember('InstallProduct', 'InvokeMethod', $null, $installer, [object[]]@($package, (Get-SetupLine $Properties)))
        return 0
    }
    catch {
        $result = $_.Exception.GetBaseException().HResult
        if (($result -band 0x7fff0000) -eq 0x70000) { return $result -band 0xffff }
        return 1603
    }
}

# What stands behind the package, with the secrets in clear: it goes into a call of .NET and nowhere else.
function Get-SetupLine {
    param([string[]]$Properties)
    $line = [System.Text.StringBuilder]::new('REINSTALL=ALL REINSTALLMODE=omus REBOOT=ReallySuppress')
    foreach ($property in $Properties) {
        $match = [regex]::Match($property, $SetupPattern)
        $value = $match.Groups[2].Value
        if ($value -cmatch '\A\(secret [0-9a-f]{8}\)\z') { $value = $ClientSecret.properties[$match.Groups[1].Value] }
        [void]$line.Append(' ' + $match.Groups[1].Value + '="' + $value.Replace('"', '""') + '"')
    }
    return $line.ToString()
}
