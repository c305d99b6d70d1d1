package io.pgtrail.server.pages;

import io.pgtrail.server.web.Problem;
import jakarta.inject.Singleton;

/** What people see of an error. */
@Singleton
public class ErrorPage {

  /** The page as HTML. */
  public String render(Problem problem) {
    return Pages.error(problem).render();
  }
}
