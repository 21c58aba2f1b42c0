# Does the private key of a certificate open, may transport read it, and how does it get that right, or its key again?
# Where Windows keeps the keys of this computer, and in whose name transport runs: NETWORK SERVICE, which is in the other groups too.
$KeyFolders = @('RSA\MachineKeys', 'Keys', 'SystemKeys')
$NetworkService = 'S-1-5-20'
$KeyReaders = '\AS-1-(5-20|5-11|5-6|5-32-545|1-0)\z'

function Test-UsableKey {
    param($Fact)
    return $Fact.key -ceq 'opens' -and $Fact.access -ceq 'yes'
}

# `key`: opens, none, `broken: REASON` or `unknown:REASON`. `access`, where it opens: yes, no or `unknown:REASON`.
function Get-KeyFact {
    param($Certificate)
    $fact = @{ key = 'none'; access = '' }
    if (-not $Certificate.HasPrivateKey) { return $fact }
    $key = $null
    try {
        $key = Open-PrivateKey $Certificate
        $fact.key = 'opens'
        $fact.access = Get-KeyAccess $key
    }
    catch {
        # Windows tells nobody but administrators whether a key that they may not open is there.
        if (Test-Elevated) { $fact.key = 'broken: ' + (Get-Reason $_) } else { $fact.key = 'unknown:denied' }
    }
    finally { if ($null -ne $key) { $key.Dispose() } }
    return $fact
}

# That a certificate says that it has a key proves nothing: opening it does. Some providers look for it only when something is asked of it.
function Open-PrivateKey {
    param($Certificate)
    $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
    if ($null -ne $key) {
        [void]$key.ExportParameters($false)
        return $key
    }
    $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($Certificate)
    if ($null -eq $key) { throw 'it is neither of RSA nor of ECDSA' }
    return $key
}

# The file of a key; an empty text where there is none, as where the key is in hardware.
function Get-KeyFile {
    param($Key)
    if ($Key.GetType().Name -ceq 'RSACryptoServiceProvider') { $name = $Key.CspKeyContainerInfo.UniqueKeyContainerName } else { $name = $Key.Key.UniqueName }
    foreach ($folder in $KeyFolders) {
        $file = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('CommonApplicationData'), 'Microsoft\Crypto', $folder, "$name")
        if ("$name".Length -gt 0 -and [System.IO.File]::Exists($file)) { return $file }
    }
    return ''
}

# Whether NETWORK SERVICE may read a key: yes, no or `unknown:REASON`.
function Get-KeyAccess {
    param($Key)
    try {
        $file = Get-KeyFile $Key
        if ($file.Length -eq 0) { return 'unknown:the key is in no file of this host, so who may read it cannot be read' }
        $access = 'no'
        foreach ($rule in (Get-FileSecurity $file).GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])) {
            $reads = ($rule.FileSystemRights -band [System.Security.AccessControl.FileSystemRights]::ReadData) -ne 0
            if (-not $reads -or $rule.IdentityReference.Value -cnotmatch $KeyReaders) { continue }
            if ($rule.AccessControlType -eq [System.Security.AccessControl.AccessControlType]::Deny) { return 'no' }
            $access = 'yes'
        }
        return $access
    }
    catch { return 'unknown:' + (Get-Reason $_) }
}

# 5.1 and 7 do it in different ways.
function Get-FileSecurity {
    param([string]$File)
    $info = [System.IO.FileInfo]::new($File)
    if ($PSVersionTable.PSVersion.Major -lt 6) { return $info.GetAccessControl() }
    return [System.IO.FileSystemAclExtensions]::GetAccessControl($info)
}

# Lets NETWORK SERVICE read the key of a certificate.
function Grant-KeyAccess {
    param($Certificate)
    $key = Open-PrivateKey $Certificate
    try {
        $file = Get-KeyFile $key
        if ($file.Length -eq 0) { throw 'the key is in no file of this host' }
        Set-KeyReader $file
    }
    catch { throw (Get-Failure 'certificate' ('NETWORK SERVICE could not be given read access to the key of ' + $Certificate.Thumbprint + ': ' + (Get-Reason $_) + '.')) }
    finally { $key.Dispose() }
}

# Adds one entry to the access list of a key file. 5.1 and 7 do it in different ways.
function Set-KeyReader {
    param([string]$File)
    $security = Get-FileSecurity $File
    $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new(
            [System.Security.Principal.SecurityIdentifier]::new($NetworkService),
            [System.Security.AccessControl.FileSystemRights]::Read,
            [System.Security.AccessControl.AccessControlType]::Allow))
    $info = [System.IO.FileInfo]::new($File)
    if ($PSVersionTable.PSVersion.Major -lt 6) { $info.SetAccessControl($security) }
    else { [System.IO.FileSystemAclExtensions]::SetAccessControl($info, $security) }
}

# Lets Windows look for the key of a certificate among those that it has. Gives what certutil said where it found none.
function Repair-StoreKey {
    param([string]$Thumbprint)
    try { Invoke-SystemProgram 'certutil.exe' ('-silent -repairstore My ' + $Thumbprint) }
    catch { return 'certutil -repairstore My ' + $Thumbprint + ': ' + (Limit-Text (Get-Reason $_)) }
    return ''
}
