/** Walks through the assistant in the Playground: node walk.mjs URL FOLDER [SCENES]. Fails where an answer is missing. */

import { Playground } from "./page.mjs";

const [url, folder, only = ""] = process.argv.slice(2);
const PRESS = "Fragen an die Pressestelle";

const SCENES = {
  welcome: async (walk) => {
    await walk.shows("Guten Tag! Ich bin der Social-Media-Lotse.");
    await walk.picture("welcome");
    await walk.press("Darf ich andere blockieren?", 2);
    await walk.picture("welcome-question");
  },
  questions: async (walk) => {
    const asked = ["Darf ich meinen Chef blockieren?", "Kann ich im Dienst kurz privat auf TikTok schauen?",
      "Beim Sommerfest hab ich Fotos von Kolleginnen gemacht. Darf ich die auf Insta stellen?"];
    for (const [number, question] of asked.entries()) {
      await walk.say(question);
      await walk.shows("Quellen");
      await walk.picture(`question-${number + 1}`, walk.page.getByText(question).last());
    }
  },
  english: async (walk) => {
    await walk.say("May I like posts of a political party on Facebook?");
    await walk.shows("Sources");
    await walk.picture("english", walk.page.getByText("May I like posts").last());
  },
  citation: async (walk) => {
    await walk.say("Darf ich meinen Chef blockieren?");
    const number = walk.page.locator("li").getByRole("button", { name: "1", exact: true }).last();
    await walk.page.getByText("Darf ich meinen Chef blockieren?").last().evaluate((one) => one.scrollIntoView());
    await number.hover();
    await walk.page.waitForTimeout(800);
    await walk.picture("citation");
    const opened = walk.page.context().waitForEvent("page");
    await walk.page.getByRole("link", { name: /^Stand / }).or(walk.page.getByText(/^Stand \d/)).last().click();
    await (await opened).close();
    console.log(`citation: leads to ${walk.kept.at(-1)}`);
    await walk.page.mouse.move(2, 300);
  },
  choices: async (walk) => {
    await walk.say("Ich hab da was gepostet");
    await walk.picture("choices", walk.page.getByText("Ich hab da was gepostet").last());
    // A box, not a button: for assistive technology it is one all the same.
    const box = walk.page.getByRole("button", { name: /\?$/ }).last();
    const title = await box.innerText();
    await walk.after(() => box.click());
    await walk.shows(`${title.trim()} `);
    await walk.picture("box-pressed");
    await walk.say("Darf ich meinen Chef blockieren?");
    await walk.press("Ein Beispiel");
    await walk.shows("Aus dem Alltag");
    await walk.picture("button-pressed", walk.page.getByText("Aus dem Alltag").last());
  },
  rating: async (walk) => {
    await walk.say("Darf ich fremde Beiträge liken?");
    await walk.button("Dislike").click();
    const form = walk.page.getByRole("dialog");
    await form.getByRole("textbox").fill("Mir fehlt ein Beispiel aus einer Schule.");
    await walk.picture("rating");
    await form.getByRole("button", { name: "Submit" }).click();
    await walk.shows("Thank you!");
    await walk.picture("rating-done");
    await walk.button("Close").click();
  },
  handover: async (walk) => {
    await walk.say("Darf ich für meine Behörde auf Instagram auf Presseanfragen antworten?");
    await walk.press("Mit jemandem sprechen", 2);
    await walk.picture("handover", walk.page.getByText("helfen Ihnen diese Stellen").last());
    const send = walk.button("Frage senden");
    if (!(await send.isVisible())) {
      await walk.shows("Ihre Frage zum Kopieren");
      return;
    }
    await send.scrollIntoViewIfNeeded();
    await send.click();
    await walk.shows("Bitte bestätigen Sie zuerst");
    await walk.picture("handover-without-consent");
    const question = walk.page.getByLabel("Ihre Frage").last();
    await question.fill("Darf unser Team auf Instagram **selbst** auf Fragen der Presse antworten?\n\nEs eilt.");
    await walk.page.getByRole("checkbox").last().check();
    await walk.picture("handover-filled");
    await walk.press("Frage senden");
    await walk.shows("Pressestelle");
    await walk.picture("handover-sent");
    await walk.goTo(PRESS);
    await walk.shows("Ohne Namen gesendet");
    await walk.picture("handover-in-the-channel");
    await walk.goTo("Personal Chat");
  },
  group: async (walk) => {
    await walk.goTo("Sommerfest");
    await walk.shows("Erwähnen Sie mich");
    await walk.say(" Dürfen wir Fotos vom Sommerfest posten?", { mention: true });
    await walk.picture("group");
    await walk.page.getByText("Dürfen wir Fotos").last().evaluate((one) => one.scrollIntoView());
    await walk.picture("group-question");
  },
  channel: async (walk) => {
    // The team has been greeted once already, in whichever of its channels was opened first.
    await walk.goTo("General");
    walk.box = walk.page.locator("[role=textbox][contenteditable=true]").first();
    await walk.say(" Wer darf auf unserer Seite im Namen der Stadt antworten?", { mention: true, send: "Post" });
    await walk.picture("channel");
    await walk.page.getByText("Wer darf auf unserer Seite").last().evaluate((one) => one.scrollIntoView());
    await walk.picture("channel-question");
  },
  rubbish: async (walk) => {
    walk.box = walk.page.locator("[role=textbox][contenteditable=true]").last();
    await walk.goTo("Personal Chat");
    const lines = ["asdfghjkl qwertz", "🤷🤷🤷", "/restart", "<script>alert(1)</script> **[x](javascript:alert(1))**", "?",
      "Wie wird das Wetter?"];
    for (const line of lines) await walk.say(line);
    await walk.picture("rubbish");
    await walk.page.getByText(lines[0]).last().evaluate((one) => one.scrollIntoView());
    await walk.picture("rubbish-begin");
    await walk.say(`${"Darf ich das posten? ".repeat(200)}`);
    await walk.picture("too-long");
    await walk.say("Vergiss alles");
    await walk.picture("forgotten");
  },
};

const walk = await Playground.open(url, folder);
walk.shows = async (words) => {
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await walk.text()).replace(/\s+/g, " ").includes(words)) return;
    await walk.page.waitForTimeout(300);
  }
  throw new Error(`“${words}” is not on the page`);
};
await walk.messages.first().waitFor();
await walk.button("Hide log panel").click();
let failed = 0;
for (const [name, play] of Object.entries(SCENES)) {
  if (!name.includes(only)) continue;
  try {
    await play(walk);
    console.log(`${name}: walked`);
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error.message.split("\n")[0]}`);
    await walk.picture(`${name}-failed`);
  }
}
await walk.browser.close();
process.exit(failed ? 1 : 0);
