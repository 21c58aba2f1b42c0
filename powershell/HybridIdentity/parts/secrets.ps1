# The client secret of the MIM Service: which one is there, and how does another one get there?
# The service's account encrypts it (encryption.ps1), so a host can tell neither what is in it nor whether it is the declared one. What can be told is
# whether the text in the registry is the one that this module put there for a key id: the records have the hash of it.
# The secret in clear is never an argument of a function or of a cmdlet: a policy of the host may have arguments logged.
$SecretKey = 'MIM\ExchangeOnline'
$SecretId = $SecretKey + '\\ClientSecretKeyId'
$SecretHome = 'HKLM\SOFTWARE\Microsoft\Forefront Identity Manager\2010\Service'
$SecretName = 'EncryptedExchangeOnlineClientSecret'
# What came on standard input beside a document; what was made of it; and the texts that this run has overwritten, by notation.
$ClientSecret = @{ damaged = $false; clear = ''; password = ''; encrypted = ''; overwritten = @{}; properties = $null; pfx = ''; pfxPassword = '' }

# The document on standard input, without the lines of secrets that may stand before it: nothing else ever sees them.
function Read-StandardInput {
    $ClientSecret.damaged = $false
    $ClientSecret.clear = ''
    $ClientSecret.password = ''
    $ClientSecret.encrypted = ''
    $ClientSecret.overwritten = @{}
    $ClientSecret.pfx = ''
    $ClientSecret.pfxPassword = ''
    $CertificateRepair.checked = $false
    # Secret properties of setup, by name: see setup.ps1.
    $ClientSecret.properties = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $Setup.code = ''
    $Setup.answer = $null
    $text = [System.Console]::In.ReadToEnd()
    if (-not $text.StartsWith('HYBRID-IDENTITY-SECRETS', [System.StringComparison]::Ordinal)) { return $text }
    $string = '"((?>[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"'
    $line = [regex]::Match($text, '\A[^\n ]* \{(?:"clientSecret":' + $string + '(?:,"accountPassword":' + $string + ')?|"properties":\{((?:,?"[A-Z][A-Z0-9_]*":' + $string + ')+)\})\}\r?\n')
    # A certificate with its key needs several lines; the last one has its password.
    $pfx = [regex]::Match($text, '\A((?:[^\n ]* \{"pfx":"[0-9a-f]+"\}\r?\n)+)[^\n ]* \{"pfxPassword":' + $string + '\}\r?\n')
    foreach ($one in [regex]::Matches($pfx.Groups[1].Value, '"pfx":"([^"]+)"')) { $ClientSecret.pfx += $one.Groups[1].Value }
    $ClientSecret.pfxPassword = [regex]::Unescape($pfx.Groups[2].Value)
    $ClientSecret.damaged = -not $line.Success -and -not $pfx.Success
    # What JSON escapes, regular expressions escape in the same way.
    $ClientSecret.clear = [regex]::Unescape($line.Groups[1].Value)
    $ClientSecret.password = [regex]::Unescape($line.Groups[2].Value)
    foreach ($one in [regex]::Matches($line.Groups[3].Value, '"([A-Z][A-Z0-9_]*)":' + $string)) {
        $ClientSecret.properties[$one.Groups[1].Value] = [regex]::Unescape($one.Groups[2].Value)
    }
    return [regex]::Replace($text, '\A(?:HYBRID-IDENTITY-SECRETS[^\n]*(?:\n|\z))+', '')
}

function Assert-SecretLine {
    if ($ClientSecret.damaged) { throw (Get-Failure 'malformed' 'The line of secrets before the document is not as the protocol has it; what it holds is not shown.') }
}

function Test-SecretKey {
    param([string]$Key)
    return [string]::Equals($Key, $SecretKey, [System.StringComparison]::OrdinalIgnoreCase)
}

function Test-SecretName {
    param([string]$Name)
    return [string]::Equals($Name, 'ClientSecretKeyId', [System.StringComparison]::OrdinalIgnoreCase)
}

# `string:` and the key id of what this module put there, or `sha256:` and the hash of what somebody else did.
function Get-SecretNotation {
    $found = (Read-RegistryValue $SecretHome @($SecretName))[$SecretName]
    if ($found -cmatch '\A(absent|string:|expand:)\z') { return 'absent' }
    if ($found.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $found }
    $text = [regex]::Match($found, '\A(?:string|expand):([\s\S]+)\z')
    if (-not $text.Success) { return 'unknown:' + $SecretName + ' is no text' }
    $hash = Get-Sha256 $text.Groups[1].Value
    $record = (Read-RegistryValue ($RecordKey + '\Secrets') @('ClientSecretKeyId'))['ClientSecretKeyId']
    if ($record.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $record }
    $own = [regex]::Match($record, '\Astring:([0-9a-f-]{36}) ([0-9a-f]{64})\z')
    if ($own.Success -and (Test-SameText $own.Groups[2].Value $hash)) { return 'string:' + $own.Groups[1].Value }
    return 'string:sha256:' + $hash
}

# Puts a declared secret in place, as Protect-ClientSecret has encrypted it, in the type that is there.
function Set-ClientSecret {
    param([string]$Notation)
    if ($ClientSecret.encrypted.Length -eq 0) {
        throw (Get-Failure 'secret' ($SecretId + ' was as declared when this run began, and is not any more. Run again.'))
    }
    $type = [regex]::Match((Read-RegistryValue $SecretHome @($SecretName))[$SecretName], '\A(expand:)?').Groups[0].Value
    if ($type.Length -eq 0) { $type = 'string:' }
    Write-SecretText $Notation ($type + $ClientSecret.encrypted)
}

# Puts back what was there before: what this run has overwritten, or what is kept.
function Restore-ClientSecret {
    param([string]$Notation)
    $text = 'absent'
    if (-not (Test-SameText $Notation 'absent')) {
        if ($ClientSecret.overwritten.ContainsKey($Notation)) { $text = $ClientSecret.overwritten[$Notation] }
        else { $text = (Read-RegistryValue (Get-SecretOriginalKey $Notation) @($SecretName))[$SecretName] }
        if ($text -cnotmatch '\A(string|expand):') {
            throw (Get-Failure 'denied' ($SecretId + ' cannot get ' + $Notation + ' back: what was kept of it is gone. Put a secret in place, with another key id or by setup in change mode.'))
        }
    }
    Write-SecretText $Notation $text
}

# The text first, then the record: a run that is killed in between leaves a secret that nobody knows, which the next run overwrites.
function Write-SecretText {
    param([string]$Notation, [string]$Text)
    $present = Get-SecretNotation
    $ClientSecret.overwritten[$present] = (Read-RegistryValue $SecretHome @($SecretName))[$SecretName]
    # Nobody else has it.
    if ($present -cmatch '\Astring:sha256:') { Save-ClientSecret $present }
    Write-RegistryValue $SecretHome $SecretName $Text
    if (-not (Test-SameText (Read-RegistryValue $SecretHome @($SecretName))[$SecretName] $Text)) {
        throw (Get-Failure 'mismatch' ($SecretHome + '\' + $SecretName + ' does not read back as it was written.'))
    }
    if ($Notation -cmatch '\Astring:[0-9a-f-]{36}\z') {
        $hash = Get-Sha256 ([regex]::Replace($Text, '\A[a-z]+:', ''))
        Write-RegistryValue ($RecordKey + '\Secrets') 'ClientSecretKeyId' ($Notation + ' ' + $hash)
    }
}

function Get-SecretOriginalKey {
    param([string]$Notation)
    return Get-OriginalKey ($SecretId + ' ' + $Notation)
}

# Keeps the encrypted text that is there, for administrators only.
function Save-ClientSecret {
    param([string]$Notation)
    $kept = Get-SecretOriginalKey $Notation
    Initialize-OriginalKey $kept
    Write-RegistryValue $kept $SecretName (Read-RegistryValue $SecretHome @($SecretName))[$SecretName]
}
