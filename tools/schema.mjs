import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { componentSchema } from "./build/componentSchema.mjs";
import { main, repository } from "./setup.mjs";

await main(async () => {
    const file = join(repository, "provider/components.json");
    writeFileSync(file, `${JSON.stringify(componentSchema(repository), undefined, 4)}\n`);
    console.log("provider/components.json is written; CHANGELOG.md holds the schema's hash.");
    return 0;
});
