package io.pgtrail.install;

import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.callback.Warning;

/** Keeps what our steps say while they are applied, such as a name that was taken. */
final class NoticeCollector implements Callback {

  private final List<String> texts = new ArrayList<>();

  List<String> texts() {
    return texts;
  }

  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.AFTER_EACH_MIGRATE_STATEMENT;
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  @Override
  public void handle(Event event, Context context) {
    if (context.getStatement() == null || context.getStatement().getWarnings() == null) {
      return;
    }
    for (Warning warning : context.getStatement().getWarnings()) {
      // 00000 is a notice that we raised; "does not exist, skipping" and the like are the server's.
      if ("00000".equals(warning.getState()) && !warning.getMessage().endsWith("skipping")) {
        texts.add(warning.getMessage());
      }
    }
  }

  @Override
  public String getCallbackName() {
    return "notices";
  }
}
