import type { Socket } from "node:net";

/** What went over the wire since the start or the last reset. */
export interface Counters {
    connections: number;
    openConnections: number;
    maxOpenConnections: number;
    logons: number;
    failedLogons: number;
    execs: number;
    /** Files sent by SFTP. */
    files: number;
    bytesIn: number;
    bytesOut: number;
    /** Values written by set and remove; records do not count. */
    writtenValues: number;
}

/** Counts for one host, and its open sockets. */
export class Traffic {
    readonly sockets = new Set<Socket>();
    private counts: Counters = zero();

    opened(socket: Socket): void {
        this.sockets.add(socket);
        this.count("connections");
        this.counts.openConnections = this.sockets.size;
        this.counts.maxOpenConnections = Math.max(this.counts.maxOpenConnections, this.sockets.size);
        socket.on("close", () => {
            this.sockets.delete(socket);
            this.counts.openConnections = this.sockets.size;
            this.counts.bytesIn += socket.bytesRead;
            this.counts.bytesOut += socket.bytesWritten;
        });
    }

    count(what: keyof Counters): void {
        this.counts[what]++;
    }

    get counters(): Counters {
        const { bytesIn, bytesOut } = this.openBytes();
        return { ...this.counts, bytesIn: this.counts.bytesIn + bytesIn, bytesOut: this.counts.bytesOut + bytesOut };
    }

    reset(): void {
        const { bytesIn, bytesOut } = this.openBytes();
        // What open connections have carried so far is taken off again when they are counted.
        this.counts = { ...zero(), openConnections: this.sockets.size, maxOpenConnections: this.sockets.size, bytesIn: -bytesIn, bytesOut: -bytesOut };
    }

    private openBytes(): { bytesIn: number; bytesOut: number } {
        const open = [...this.sockets];
        return {
            bytesIn: open.reduce((sum, socket) => sum + socket.bytesRead, 0),
            bytesOut: open.reduce((sum, socket) => sum + socket.bytesWritten, 0),
        };
    }
}

function zero(): Counters {
    return {
        connections: 0,
        openConnections: 0,
        maxOpenConnections: 0,
        logons: 0,
        failedLogons: 0,
        execs: 0,
        files: 0,
        bytesIn: 0,
        bytesOut: 0,
        writtenValues: 0,
    };
}
