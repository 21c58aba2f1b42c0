// Loaded before the program by the Node process that runs it; plain JavaScript, so that it costs nothing. Says at the end what the process took.
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

// Users load the package, not its sources.
const library = join(__dirname, "..", "index");
const find = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
    const isLibrary = request.endsWith("/index") && join(parent?.path ?? "", request) === library;
    return find.call(this, isLibrary ? join(__dirname, "..", "dist", "index.js") : request, parent, ...rest);
};

if (/[\\/]cmd[\\/]run([\\/]|$)/.test(process.argv[1] ?? "")) {
    process.on("exit", () => {
        const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
        const taken = { peakKb: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000, fromMs: performance.timeOrigin, toMs: Date.now() };
        writeFileSync(process.env.BENCH_PROBE_FILE, JSON.stringify(taken));
    });
}
