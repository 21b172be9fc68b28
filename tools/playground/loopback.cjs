/* Loaded before the Playground (`node -r`): it would listen on all interfaces and has no option for that. */

const net = require("node:net");
const listen = net.Server.prototype.listen;
const HOST = "127.0.0.1";

net.Server.prototype.listen = function (...given) {
  const [first, ...rest] = given;
  if (first !== null && typeof first === "object" && "port" in first) {
    return listen.call(this, { ...first, host: HOST }, ...rest);
  }
  if (typeof first === "number" || /^\d+$/.test(String(first))) {
    return listen.call(this, { port: Number(first), host: HOST }, ...given.filter((one) => typeof one === "function"));
  }
  return listen.apply(this, given);
};

// It reads .m365agentsplayground.yml from where it is started.
process.chdir(__dirname);
