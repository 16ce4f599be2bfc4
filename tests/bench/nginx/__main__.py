from tests.bench.nginx.bench import main

main()
