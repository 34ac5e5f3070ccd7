// Writes .br and .gz beside every asset, once, at build time: the server then sends files instead of compressing.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const assets = new URL("../dist/assets/", import.meta.url).pathname;
const compressible = /\.(js|css|svg|json)$/;

for (const name of await readdir(assets)) {
  if (!compressible.test(name)) continue;
  const path = join(assets, name);
  const content = await readFile(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, quality));
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}
