/** Writes the few ASN.1 DER forms that an X.509 certificate consists of (X.690). */
export function tlv(tag: number, ...content: Uint8Array[]): Buffer {
    const body = Buffer.concat(content);
    return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

export function sequence(...content: Uint8Array[]): Buffer {
    return tlv(0x30, ...content);
}

export function set(...content: Uint8Array[]): Buffer {
    return tlv(0x31, ...content);
}

/** A positive integer from its bytes. */
export function integer(bytes: Uint8Array): Buffer {
    return (bytes[0] ?? 0) > 0x7f ? tlv(0x02, Buffer.from([0]), bytes) : tlv(0x02, bytes);
}

export function boolean(value: boolean): Buffer {
    return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(...content: Uint8Array[]): Buffer {
    return tlv(0x04, ...content);
}

export function bits(content: Uint8Array, unused = 0): Buffer {
    return tlv(0x03, Buffer.from([unused]), content);
}

export function utf8(text: string): Buffer {
    return tlv(0x0c, Buffer.from(text, "utf8"));
}

/** UTCTime, right until 2049. */
export function time(date: Date): Buffer {
    return tlv(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`, "latin1"));
}

export function oid(dotted: string): Buffer {
    const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
    return tlv(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) {
        digits.unshift((left & 0x7f) | 0x80);
    }
    return digits;
}

function length(size: number): Buffer {
    if (size < 0x80) {
        return Buffer.from([size]);
    }
    return size < 0x100 ? Buffer.from([0x81, size]) : Buffer.from([0x82, size >> 8, size & 0xff]);
}
