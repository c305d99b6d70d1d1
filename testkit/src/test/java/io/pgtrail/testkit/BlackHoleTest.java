package io.pgtrail.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class BlackHoleTest {

  @Test
  void neverAnswers() throws Exception {
    try (BlackHole hole = BlackHole.open()) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(hole.jdbcUrl("x") + "?socketTimeout=1", "u", "p"))
          .isInstanceOf(SQLException.class)
          .hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
  }
}
