package org.lines4j.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;

class FairSettingsTest {
  /// An average of models, and a method for adapters.
  private static final Set<String> OF_OTHER_THINGS = Set.of("linear", "knots");

  @Test
  void everyMethodWithABaseTakesPart() {
    Set<String> withBase =
        Methods.all().stream()
            .filter(type -> type.baseUse() != BaseUse.NONE && type.mostModels() > 2)
            .map(MethodType::name)
            .filter(name -> !OF_OTHER_THINGS.contains(name))
            .collect(Collectors.toSet());
    assertEquals(withBase, new HashSet<>(FairSettings.METHODS));
  }
}
