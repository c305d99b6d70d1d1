package io.pgtrail.cli;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives the signals that ask a program to end, instead of ending. Java has no public way: a
 * shutdown hook does not know the signal, and the program ends whatever its child decides. The
 * class behind this is in module jdk.unsupported and only reached by its name, because the compiler
 * warns of it whatever one does.
 */
final class Signals implements AutoCloseable {

  /** The numbers are the same on all systems that pgtrail runs on. */
  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private record Former(Object signal, @Nullable Object handler) {}

  private final List<Former> former = new ArrayList<>();

  private Signals() {}

  /** Hands the names of signals (HUP, INT, TERM) to the receiver until closed. */
  static Signals to(Consumer<String> receiver) {
    Signals signals = new Signals();
    NUMBERS.keySet().forEach(name -> signals.divert(name, receiver));
    return signals;
  }

  static int number(String name) {
    return NUMBERS.getOrDefault(name, 0);
  }

  private void divert(String name, Consumer<String> receiver) {
    try {
      Object signal =
          Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> answer(proxy, method, arguments, name, receiver));
      former.add(new Former(signal, handle(signal, handler)));
    } catch (ReflectiveOperationException unsupported) {
      // Then this Java ends at the signal, as every program does.
    }
  }

  private static @Nullable Object answer(
      Object proxy,
      Method method,
      Object @Nullable [] arguments,
      String name,
      Consumer<String> receiver) {
    return switch (method.getName()) {
      case "handle" -> {
        receiver.accept(name);
        yield null;
      }
      case "equals" -> arguments != null && proxy == Array.get(arguments, 0);
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "receiver of SIG" + name;
    };
  }

  private static @Nullable Object handle(Object signal, @Nullable Object handler)
      throws ReflectiveOperationException {
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    return signal
        .getClass()
        .getMethod("handle", signal.getClass(), handlerType)
        .invoke(null, signal, handler);
  }

  @Override
  public void close() {
    for (Former one : former) {
      try {
        handle(one.signal(), one.handler());
      } catch (ReflectiveOperationException unsupported) {
        // It was possible before.
      }
    }
  }
}
