// Loads the provider's TypeScript. A file of its own, so that tsx is found from where this package lies, wherever the engine starts it.
require("tsx/cjs");
require("./main.ts");
