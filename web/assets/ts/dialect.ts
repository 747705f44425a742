/** What our engine reads of the Camunda 8 dialect and the editor does not know: told to it, or it would drop what it cannot name. */
import { commonModdleExtensions } from "camunda-bpmn-js/lib/camunda-cloud/util/commonModules";

const text = (name: string) => ({ name, isAttr: true, type: "String" });
const publishMessage = {
  name: "PublishMessage",
  superClass: ["Element"],
  properties: ["correlationKey", "messageId", "timeToLive"].map(text),
};

export const dialect = {
  zeebe: { ...commonModdleExtensions.zeebe, types: [...commonModdleExtensions.zeebe.types, publishMessage] },
};
