from tests.bench.flash.bench import main

main()
