from tests.bench.media.bench import main

main()
