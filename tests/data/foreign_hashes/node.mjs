// Makes node.json: hashes by the npm packages bcrypt and bcryptjs themselves.
//
//     npm install bcrypt bcryptjs
//     node node.mjs >node.json

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Packages are looked up where the command runs.
const require = createRequire(`${process.cwd()}/`);
const passwords = JSON.parse(readFileSync(new URL("passwords.json", import.meta.url)));
const found = [];
for (const system of ["bcrypt", "bcryptjs"]) {
  const { version } = JSON.parse(readFileSync(`node_modules/${system}/package.json`));
  const { hashSync } = require(system);
  const add = (password, rounds) => found.push({
    system, version, scheme: "bcrypt", password, hash: hashSync(password, rounds),
  });
  passwords.forEach((password) => add(password, 4));
  add(passwords[0], 10);
}
console.log(JSON.stringify(found, null, 2));
