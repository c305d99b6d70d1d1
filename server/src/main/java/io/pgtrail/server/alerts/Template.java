package io.pgtrail.server.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How a message is worded. */
enum Template {
  /** All that is known, as JSON. */
  GENERIC {
    @Override
    ObjectNode message(ObjectNode message) {
      return message;
    }
  },

  /** A line for a channel. */
  SLACK {
    @Override
    ObjectNode message(ObjectNode message) {
      String event = message.path("event").asText();
      String text =
          "%s %s: %s, %s\n%s"
              .formatted(
                  event.equals("FIRED") ? message.path("severity").asText() : event,
                  message.path("target").asText(),
                  message.path("rule").asText(),
                  message.path("subject").asText(),
                  message.path("detail").asText());
      return message.objectNode().put("text", escaped(shortened(text)));
    }
  };

  /** Slack shows four thousand. */
  private static final int LONGEST = 3000;

  private static final ObjectMapper JSON = new ObjectMapper();

  abstract ObjectNode message(ObjectNode message);

  /** The body of the request. */
  String body(String target, Delivery delivery) {
    try {
      ObjectNode message = JSON.createObjectNode();
      message.put("event", delivery.event());
      message.put("delivery_id", delivery.id().toString());
      message.put("target", target);
      message.setAll((ObjectNode) JSON.readTree(delivery.content()));
      return JSON.writeValueAsString(message(message));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What Slack would take for a link, or for a call to everybody, is text. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + " …";
  }
}
