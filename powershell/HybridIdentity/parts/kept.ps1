# Originals that a notation does not hold byte for byte. What .NET reads of a text or a list says nothing of a last NUL that is
# missing or of an odd number of bytes, and it cannot write a number of the wrong size. Such an original stands below the records
# key too, as a value of its own, copied there and back by reg.exe, which takes type and bytes as they are.

function Test-KeptNotation {
    param([string]$Notation)
    return $Notation -cmatch '\A(string|expand|multi|hex\([4b]\)):'
}

function Get-OriginalKey {
    param([string]$Id)
    return $RecordKey + '\Originals\' + (Get-Sha256 (ConvertTo-JsonText ((Get-Identity $Id).ToUpperInvariant())))
}

# Keeps what is there, in the place of what was kept before.
function Save-Original {
    param([string]$Id, [string]$Notation)
    $place = Split-ValueId $Id
    if (Test-SecretKey $place.key) {
        Save-ClientSecret $Notation
        return
    }
    $kept = Get-OriginalKey $Id
    Initialize-OriginalKey $kept
    try {
        Copy-RegistryKey $place.key $kept
        Remove-OtherValue $kept $place.name
        $found = (Read-RegistryValue $kept @($place.name))[$place.name]
        if (-not (Test-SameText $found $Notation)) {
            throw (Get-Failure 'denied' ($Id + ' could not be kept as it is: its copy reads as ' + (Limit-Text $found) + '. Let this account run reg.exe.'))
        }
    }
    catch {
        Remove-RegistryKey $kept
        throw
    }
}

# Writes an original: from what was kept, where that reads as the record says.
function Write-Original {
    param([string]$Id, [string]$Notation)
    $place = Split-ValueId $Id
    if (Test-SecretKey $place.key) {
        Restore-ClientSecret $Notation
        return
    }
    if (Test-SetupKey $place.key) {
        Restore-Setup $Notation
        return
    }
    if (Test-CertificateKey $place.key) {
        Restore-TransportCertificate $place.name $Notation
        return
    }
    if (Test-KeptNotation $Notation) {
        $kept = Get-OriginalKey $Id
        if (Test-SameText (Read-RegistryValue $kept @($place.name))[$place.name] $Notation) {
            Copy-RegistryKey $kept $place.key
            return
        }
        if ($null -eq (ConvertFrom-Notation $Notation)) {
            throw (Get-Failure 'denied' ($Id + ' cannot get ' + (Limit-Text $Notation) + ' back: ' + $kept + ' is gone. Set the value by hand to what it shall be, and run again.'))
        }
    }
    Write-PlacedValue $place.key $place.name $Notation
}

# Deletes what a run left behind that was killed between copying a key and deleting all but one value from the copy.
function Clear-UnfinishedOriginal {
    $base = $null
    $open = $null
    $unfinished = [System.Collections.Generic.List[string]]::new()
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $open = $base.OpenSubKey((Split-RegistryKey ($RecordKey + '\Originals')).path, $false)
        if ($null -eq $open) { return }
        foreach ($name in $open.GetSubKeyNames()) {
            $kept = $open.OpenSubKey($name, $false)
            if ($kept.ValueCount -ne 1) { $unfinished.Add($RecordKey + '\Originals\' + $name) }
            $kept.Close()
        }
    }
    catch { throw (Get-Failure 'denied' ($RecordKey + '\Originals could not be read: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    foreach ($key in $unfinished) { Remove-RegistryKey $key }
}

# Makes an empty key below Originals, which administrators only may read: a copy first holds all values of its key.
function Initialize-OriginalKey {
    param([string]$Key)
    $base = $null
    $open = $null
    Remove-RegistryKey $Key
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        foreach ($each in @(($RecordKey + '\Originals'), $Key)) {
            $path = (Split-RegistryKey $each).path
            $base.CreateSubKey($path).Close()
            $open = $base.OpenSubKey($path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [System.Security.AccessControl.RegistryRights]::FullControl)
            $open.SetAccessControl((Get-RecordSecurity $null))
            $open.Close()
        }
    }
    catch { throw (Get-Failure 'denied' ($Key + ' could not be made or protected: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# Deletes all values but one.
function Remove-OtherValue {
    param([string]$Key, [string]$Name)
    $place = Split-RegistryKey $Key
    $kept = Get-RegistryName $Name
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $open = $base.OpenSubKey($place.path, $true)
        foreach ($other in $open.GetValueNames()) {
            if (-not [string]::Equals($other, $kept, [System.StringComparison]::OrdinalIgnoreCase)) { $open.DeleteValue($other, $false) }
        }
    }
    catch { throw (Get-Failure 'denied' ($Key + ' could not be written: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# Copies the values of a key, not the keys below it. Nothing but reg.exe does that without reading them.
function Copy-RegistryKey {
    param([string]$From, [string]$To)
    $quoted = [System.Collections.Generic.List[string]]::new()
    foreach ($key in @($From, $To)) {
        $path = (Get-Identity ($key + '\')).Substring(0, (Get-Identity ($key + '\')).Length - 1)
        $quoted.Add('"' + [regex]::Replace($path, '(\\*)"', '$1$1\"') + '"')
    }
    try { Invoke-SystemProgram 'reg.exe' ('copy ' + [string]::Join(' ', $quoted.ToArray()) + ' /f /reg:64') }
    catch { throw (Get-Failure 'denied' ('The values of ' + $From + ' could not be copied: ' + (Limit-Text (Get-Reason $_)))) }
}

# Runs a program of Windows and waits for it; throws what it said where it fails. What it is told stands in logs: never a secret.
function Invoke-SystemProgram {
    param([string]$Name, [string]$Arguments)
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.IO.Path]::Combine([System.Environment]::GetFolderPath('System'), $Name))
    $start.Arguments = $Arguments
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        # Both at once: a full pipe would stop it.
        $told = $process.StandardError.ReadToEndAsync()
        $said = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        if ($process.ExitCode -eq 0) { return }
        $why = $told.Result.Trim()
        # certutil.exe says everything there.
        if ($why.Length -eq 0) { $why = [regex]::Match($said.Trim(), '[^\n]*\z').Groups[0].Value }
        throw ($Name + ' ended with ' + $process.ExitCode + '. ' + $why)
    }
    finally { $process.Dispose() }
}
