# What a document, or the record of one, says of values: owner, document, resource and the desired values.
function ConvertFrom-DocumentObject {
    param($Json)
    $document = @{
        owner    = Get-TextMember $Json 'owner' '\A[^\x00-\x1f]+\z' $false
        document = Get-TextMember $Json 'document' '\A[a-z0-9-]{1,64}\z' $false
        resource = Get-TextMember $Json 'resource' '\A[^\x00-\x1f]+\z' $false
        desired  = [System.Collections.Generic.List[object]]::new()
        ids      = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    }
    foreach ($key in (Get-ObjectMember $Json 'desired' $false).GetEnumerator()) {
        $virtual = Test-VirtualKey $key.Key
        if (-not $virtual) { [void](Split-RegistryKey $key.Key) }
        if ($key.Value -isnot [System.Collections.IDictionary]) {
            throw (Get-Failure 'malformed' ('desired, ' + (Limit-Text $key.Key) + ': expected an object of names.'))
        }
        foreach ($name in $key.Value.GetEnumerator()) {
            $id = Get-ValueId $key.Key $name.Key
            $notation = ConvertTo-JoinedText $name.Value $id
            if ($name.Key.Length -lt 1 -or $id.Length -gt 16383 -or $id.Contains([string][char]0)) {
                throw (Get-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': a name has at least 1 character, key and name together have at most 16,381, and NUL is not one of them.'))
            }
            if ($virtual -and -not (Test-DesiredProperty $key.Key $name.Key $notation)) {
                throw (Get-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': received ' + (Limit-Text $notation) +
                        '. Of a service can be desired: State string:Running or string:Stopped, StartType string:Automatic, string:AutomaticDelayed, string:Manual or string:Disabled; of ' +
                        $SecretKey + ': ClientSecretKeyId string: and a GUID in lower case; of ' + $SetupKey + ': Properties multi: and a list of NAME=VALUE in the order of the names, which are none of those that say what setup does (ACTION, ADDLOCAL, REMOVE, TRANSFORMS and the like); of ' + $CertificateKey + ': TLS names, <I>issuer<S>subject, string:usable.'))
            }
            if (-not (Test-DesiredNotation $notation)) {
                throw (Get-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': received ' + (Limit-Text $notation) + ', which is no notation that can be desired.'))
            }
            if (-not $document.ids.Add((Get-Identity $id))) {
                throw (Get-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': stands there twice (case does not count).'))
            }
            $document.desired.Add(@{ id = $id; key = $key.Key; name = $name.Key; notation = $notation })
        }
    }
    return $document
}

# A document as set and remove get it on stdin. `time` is empty for `not observed`.
function ConvertFrom-Document {
    param([string]$Text)
    $json = ConvertFrom-JsonText $Text
    Assert-Protocol $json
    [void](Get-TextMember $json 'kind' '\Aregistry\z' $false)
    $document = ConvertFrom-DocumentObject $json
    $document.onDestroy = Get-TextMember $json 'onDestroy' '\A(retain|restore)\z' $false
    $document.takeOverFrom = Get-TextMember $json 'takeOverFrom' '\A[^\x00-\x1f]+\z' $true
    $document.limitSeconds = Get-NumberMember $json 'limitSeconds' 1 86400 $DefaultLimit
    $document.waitSeconds = Get-NumberMember $json 'waitSeconds' 1 3600 120
    $document.keepLogs = Get-NumberMember $json 'keepLogs' 0 100 3
    $document.allowTemporaryTls11 = Get-FlagMember $json 'allowTemporaryTls11'
    $document.repair = Read-CertificateRepair $json
    $document.restart = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    $restart = Get-ObjectMember $json 'restart' $true
    foreach ($service in $restart.GetEnumerator()) {
        $when = Get-TextMember $restart $service.Key ('\Aif started before ' + $TimePattern + '\z') $false
        if ((Get-KeyService ('SERVICE\' + $service.Key)).Length -eq 0) { throw (Get-Failure 'malformed' ('restart: received ' + (Limit-Text $service.Key) + ', which is no name of a service.')) }
        $document.restart[$service.Key] = $when.Substring(18)
    }
    $document.handed = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($key in (Get-ObjectMember $json 'handed' $true).GetEnumerator()) {
        foreach ($name in (ConvertTo-TextList $key.Value 'handed')) {
            [void]$document.handed.Add((Get-Identity (Get-ValueId $key.Key $name)))
        }
    }
    $times = [System.Collections.Generic.List[string]]::new()
    foreach ($member in $json.GetEnumerator()) {
        $match = [regex]::Match($member.Key, '\A(?:(?:drift seen|changed|record missing|first seen) (' + $TimePattern + ')|not observed)\z')
        if ($match.Success) { $times.Add($match.Groups[1].Value) }
    }
    if ($times.Count -ne 1) {
        throw (Get-Failure 'malformed' ('expected exactly one of drift seen, changed, record missing, first seen (each with a time) and not observed; received ' + $times.Count + '.'))
    }
    $document.time = $times[0]
    return $document
}
