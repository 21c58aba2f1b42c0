# All reading and writing of the registry goes through the functions of this part, contents.ps1 and kept.ps1; tests put others in their place.

# Notations by name, in the spelling asked. Opens the key for reading only. Never throws for what the host refuses.
function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $place = Split-RegistryKey $Key
    $base = $null
    $open = $null
    $existing = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $open = $base.OpenSubKey($place.path, $false)
        $missing = 'absent'
        if ($null -eq $open) { $missing = Get-MissingState $base $place }
        foreach ($name in $Names) {
            $notations[$name] = $missing
            if ($null -eq $open) { continue }
            $valueName = Get-RegistryName $name
            try {
                $value = $open.GetValue($valueName, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
                if ($null -ne $value) {
                    $notations[$name] = ConvertTo-Notation ($open.GetValueKind($valueName)) $value
                    continue
                }
                # Nothing is there, or a type that .NET does not read.
                if ($null -eq $existing) {
                    $existing = [System.Collections.Generic.HashSet[string]]::new((Read-NameList $open).names, [System.StringComparer]::OrdinalIgnoreCase)
                }
                if ($existing.Contains($valueName)) { $notations[$name] = 'unknown:type' }
            }
            catch { $notations[$name] = 'unknown:' + (Get-Reason $_) }
        }
    }
    catch {
        foreach ($name in $Names) { $notations[$name] = 'unknown:' + (Get-Reason $_) }
    }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    return $notations
}

# What is known of a key that is not there. Below HKU stand the hives of accounts: what is in one that is not loaded cannot be known.
function Get-MissingState {
    param($Base, $Place)
    if ($Place.hive -ne [Microsoft.Win32.RegistryHive]::Users) { return 'absent' }
    $hive = $Base.OpenSubKey([regex]::Match($Place.path, '\A[^\\]+').Groups[0].Value, $false)
    if ($null -eq $hive) { return 'unknown:not loaded' }
    $hive.Close()
    return 'absent'
}

# Writes one value, making the key where it is missing; `absent` deletes the value and leaves the key.
function Write-RegistryValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    $place = Split-RegistryKey $Key
    $valueName = Get-RegistryName $Name
    $data = $null
    if (-not (Test-SameText $Notation 'absent')) {
        $data = ConvertFrom-Notation $Notation
        if ($null -eq $data) { throw (Get-Failure 'malformed' ((Get-ValueId $Key $Name) + ': ' + (Limit-Text $Notation) + ' cannot be written.')) }
    }
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        if ($null -eq $data) {
            $open = $base.OpenSubKey($place.path, $true)
            if ($null -ne $open) { $open.DeleteValue($valueName, $false) }
        }
        else {
            $open = $base.CreateSubKey($place.path)
            $open.SetValue($valueName, $data.value, $data.kind)
        }
    }
    catch { throw (Get-Failure 'denied' ((Get-ValueId $Key $Name) + ' could not be written: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

function Get-RecordSecurity {
    param($Readers)
    $security = [System.Security.AccessControl.RegistrySecurity]::new()
    $security.SetAccessRuleProtection($true, $false)
    $rules = [System.Collections.Generic.List[object]]::new()
    foreach ($sid in @('S-1-5-18', 'S-1-5-32-544')) { $rules.Add(@{ sid = $sid; rights = [System.Security.AccessControl.RegistryRights]::FullControl }) }
    foreach ($sid in @($Readers)) {
        if ($null -ne $sid) { $rules.Add(@{ sid = $sid; rights = [System.Security.AccessControl.RegistryRights]::ReadKey }) }
    }
    foreach ($rule in $rules) {
        $account = [System.Security.Principal.SecurityIdentifier]::new([string]$rule.sid)
        $security.AddAccessRule([System.Security.AccessControl.RegistryAccessRule]::new($account, $rule.rights,
                [System.Security.AccessControl.InheritanceFlags]::ContainerInherit,
                [System.Security.AccessControl.PropagationFlags]::None,
                [System.Security.AccessControl.AccessControlType]::Allow))
    }
    return $security
}

# Makes the records key: SYSTEM and Administrators have full control, $Readers (SIDs) read, nobody inherits anything.
# Where the key exists, $null leaves its access list as it is.
function Initialize-RecordKey {
    param($Readers)
    $path = (Split-RegistryKey $RecordKey).path
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $open = $base.OpenSubKey($path, $false)
        if ($null -ne $open -and $null -eq $Readers) { return }
        if ($null -eq $open) { $open = $base.CreateSubKey($path) }
        $open.Close()
        $open = $base.OpenSubKey($path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [System.Security.AccessControl.RegistryRights]::FullControl)
        $open.SetAccessControl((Get-RecordSecurity $Readers))
    }
    catch { throw (Get-Failure 'denied' ($RecordKey + ' could not be made or protected: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# Deletes a key with everything in it; used for the records key and what is below it.
function Remove-RegistryKey {
    param([string]$Key)
    $place = Split-RegistryKey $Key
    $base = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $base.DeleteSubKeyTree($place.path, $false)
    }
    catch { throw (Get-Failure 'denied' ($Key + ' could not be deleted: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $base) { $base.Close() }
    }
}
