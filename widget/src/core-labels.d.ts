/** Made by build.mjs from labels/*.json: the few words shown before the server has answered. */
declare module "lotse:core-labels" {
  const core: Record<string, Record<string, string>>;
  export default core;
}

declare module "*.css" {
  const text: string;
  export default text;
}
