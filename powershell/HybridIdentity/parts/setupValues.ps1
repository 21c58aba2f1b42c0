# What has to be otherwise on the host while setup runs, and how does it become again what it was?
# What it was is noted first, so that a run that is killed loses nothing: whatever runs next puts it back.
$SetupTls = 'HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.1'
# Setup can fail while the service polls a mailbox, and unattended it fails where TLS 1.1 is off (Microsoft, "MIM version history" and "Preparing MIM for
# TLS 1.2"). `note` is the name under which a value is noted, `during` what it is meanwhile, `fits` what need not change, `off` what says that TLS 1.1 is off.
$SetupValues = @(
    @{ note = 'PollExchangeEnabled'; key = $SetupService; name = 'PollExchangeEnabled'; during = 'dword:0'; fits = '\A(absent|dword:0)\z'; off = '' }
    @{ note = 'TLS 1.1 Client Enabled'; key = $SetupTls + '\Client'; name = 'Enabled'; during = 'dword:1'; fits = '\Adword:[1-9]'; off = '\Adword:0\z' }
    @{ note = 'TLS 1.1 Client DisabledByDefault'; key = $SetupTls + '\Client'; name = 'DisabledByDefault'; during = 'dword:0'; fits = '\Adword:0\z'; off = '\Adword:[1-9]' }
    @{ note = 'TLS 1.1 Server Enabled'; key = $SetupTls + '\Server'; name = 'Enabled'; during = 'dword:1'; fits = '\Adword:[1-9]'; off = '\Adword:0\z' }
    @{ note = 'TLS 1.1 Server DisabledByDefault'; key = $SetupTls + '\Server'; name = 'DisabledByDefault'; during = 'dword:0'; fits = '\Adword:0\z'; off = '\Adword:[1-9]' }
)

# What is noted of each of them, by the name of the note.
function Read-SetupNote {
    $names = [System.Collections.Generic.List[string]]::new()
    foreach ($value in $SetupValues) { $names.Add($value.note) }
    return Read-RegistryValue $SetupRecord ($names.ToArray())
}

function Get-SetupValue {
    param($Value)
    $found = (Read-RegistryValue $Value.key @($Value.name))[$Value.name]
    if ($found.StartsWith('unknown:', [System.StringComparison]::Ordinal)) {
        throw (Get-Failure 'denied' ($Value.key + '\' + $Value.name + ' could not be read: ' + $found.Substring(8)))
    }
    return $found
}

# What says that TLS 1.1 is off, as it is once the values that a killed run left are put back.
function Get-TlsOff {
    $off = [System.Collections.Generic.List[string]]::new()
    $noted = Read-SetupNote
    foreach ($value in $SetupValues) {
        if ($value.off.Length -eq 0) { continue }
        $present = Get-SetupValue $value
        if ($noted[$value.note] -cmatch '\Astring:' -and (Test-SameText $present $value.during)) { $present = $noted[$value.note].Substring(7) }
        if ($present -cmatch $value.off) { $off.Add($value.note + ' ' + $present) }
    }
    return , $off.ToArray()
}

# Those of TLS 1.1 only where it is off.
function Suspend-SetupValue {
    foreach ($value in $SetupValues) {
        if ($value.off.Length -gt 0 -and -not $Setup.tls) { continue }
        $found = Get-SetupValue $value
        if ($found -cmatch $value.fits) { continue }
        Write-RegistryValue $SetupRecord $value.note ('string:' + $found)
        Write-RegistryValue $value.key $value.name $value.during
    }
}

# Puts them back, each whether or not another could be. What is not as it was made meanwhile stays, and so does polling where setup was told how it shall be.
function Resume-SetupValue {
    param([bool]$PollingTold)
    $failed = $null
    $noted = Read-SetupNote
    foreach ($value in $SetupValues) {
        $was = $noted[$value.note]
        if ($was -ceq 'absent') { continue }
        try {
            $told = $PollingTold -and $value.off.Length -eq 0
            if (-not $told -and (Test-SameText (Get-SetupValue $value) $value.during) -and $was -cmatch '\Astring:') {
                Write-RegistryValue $value.key $value.name ($was.Substring(7))
            }
            Write-RegistryValue $SetupRecord $value.note 'absent'
        }
        catch { $failed = $_ }
    }
    if ($null -ne $failed) { throw $failed }
}

# What a killed run left: these values, and a log that may hold secrets. Windows Installer goes on without the process that called it: until it is done
# both stay.
function Complete-Setup {
    $left = (Get-LeftLog).Length -gt 0
    foreach ($was in (Read-SetupNote).get_Values()) { $left = $left -or $was -cne 'absent' }
    if (-not $left -or (Test-InstallerBusy)) { return }
    try { Resume-SetupValue $false }
    finally { Clear-LeftLog }
}
